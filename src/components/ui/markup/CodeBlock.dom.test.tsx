// @vitest-environment happy-dom
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { CodeBlock } from "./CodeBlock.tsx";
import { provideColorist } from "./colorist.ts";

afterEach(cleanup);

it("is plain until the editor has come, and stays so in languages that it does not know", async () => {
  const { container, rerender } = render(<CodeBlock code="let <b>a</b>" language="js" />);
  expect(container.querySelectorAll("span")).toHaveLength(0);
  await act(async () =>
    provideColorist(async (code, language) =>
      language === "js"
        ? [
            { text: code.slice(0, 3), colors: ["#111111", "#eeeeee"], isItalic: false },
            { text: code.slice(3), colors: ["#222222", "#dddddd"], isItalic: true },
          ]
        : undefined,
    ),
  );
  expect(screen.getByText("let").style.getPropertyValue("--dark")).toBe("#eeeeee");
  expect(container.textContent).toBe("let <b>a</b>");
  await act(async () => rerender(<CodeBlock code="let it be" language="en" />));
  expect(container.querySelectorAll("span")).toHaveLength(0);
});
