import { useEffect, useState, type CSSProperties } from "react";
import { useColorist, type CodeRun } from "./colorist.ts";

interface CodeBlockProps {
  readonly code: string;
  /** As its author called it; empty when they did not. */
  readonly language: string;
}

/** Code in the colours of the editor, once there is one. */
export function CodeBlock({ code, language }: CodeBlockProps) {
  const colorist = useColorist();
  const [colored, setColored] = useState<CodeBlockProps & { readonly runs: readonly CodeRun[] }>();
  useEffect(() => {
    let current = true;
    // Without its colours code is as good as it was: what fails here need not be told.
    colorist?.(code, language).then(
      (runs) => {
        if (current && runs !== undefined) setColored({ code, language, runs });
      },
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [colorist, code, language]);
  const isOfThis = colored?.code === code && colored.language === language;
  return (
    <pre className="markup__block">
      {isOfThis
        ? colored.runs.map(({ text, colors, isItalic }, index) => (
            <span
              key={index}
              className={isItalic ? "markup__run markup__run--italic" : "markup__run"}
              style={{ "--light": colors[0], "--dark": colors[1] } as CSSProperties}
            >
              {text}
            </span>
          ))
        : code}
    </pre>
  );
}
