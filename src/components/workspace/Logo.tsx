/** Two carets in one text. */
export function Logo({ size = 20 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" fill="none" aria-hidden>
      <path
        d="M4.5 3.5h4M4.5 16.5h4M6.5 3.5v13"
        stroke="var(--accent)"
        strokeWidth="2"
        strokeLinecap="round"
      />
      <path
        d="M11.5 3.5h4M11.5 16.5h4M13.5 3.5v13"
        stroke="var(--person-1)"
        strokeWidth="2"
        strokeLinecap="round"
      />
    </svg>
  );
}
