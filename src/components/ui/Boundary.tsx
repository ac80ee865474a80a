import { TriangleAlert } from "lucide-react";
import { Component, type ReactNode } from "react";
import "./Boundary.css";
import { Button } from "./Button.tsx";
import { Empty } from "./Empty.tsx";

interface BoundaryProps {
  readonly name: string;
  readonly children: ReactNode;
}

interface BoundaryState {
  readonly error: Error | undefined;
  /** A new number makes a new pane. */
  readonly attempt: number;
}

/** Keeps a pane's crash inside that pane, and offers to start it again. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { error: undefined, attempt: 0 };

  static getDerivedStateFromError(error: unknown): Partial<BoundaryState> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  readonly #restart = () =>
    this.setState(({ attempt }) => ({ error: undefined, attempt: attempt + 1 }));

  override render() {
    const { error, attempt } = this.state;
    if (error === undefined) {
      return (
        <div key={attempt} className="boundary">
          {this.props.children}
        </div>
      );
    }
    return (
      <Empty
        icon={TriangleAlert}
        title={`${this.props.name} has stopped`}
        detail={
          <>
            <p>The rest of the workspace goes on, and nothing that was saved is lost.</p>
            <details className="boundary__details">
              <summary>Details</summary>
              <pre>{error.stack ?? error.message}</pre>
            </details>
          </>
        }
      >
        <Button look="primary" onClick={this.#restart}>
          Restart this pane
        </Button>
      </Empty>
    );
  }
}
