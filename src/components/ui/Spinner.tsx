import "./Spinner.css";

/** Something is on its way. What it is stands beside it in words. */
export function Spinner() {
  return <span className="spinner" aria-hidden />;
}
