import type { BodyFor, ServiceName } from "#common/wire/body.ts";
import type {
  Reply,
  Service,
  ServiceContext,
  ServiceDefinition,
  Session,
} from "#container/service.ts";

/** A service that writes down what it is told, and does what the test says. */
export class FakeService<S extends ServiceName> implements Service<S> {
  readonly context: ServiceContext<S>;
  readonly #behaviour: FakeBehaviour<S>;
  readonly #calls: string[];

  constructor(context: ServiceContext<S>, behaviour: FakeBehaviour<S>, calls: string[]) {
    this.context = context;
    this.#behaviour = behaviour;
    this.#calls = calls;
  }

  attach(session: Session): void {
    this.#calls.push(`attach ${session.id}`);
    this.#behaviour.attach?.(session, this.context);
  }

  detach(session: Session): void {
    this.#calls.push(`detach ${session.id}`);
  }

  handle(body: BodyFor<S>, from: Session, reply: Reply<S>): void | Promise<void> {
    this.#calls.push(`${body.case} ${from.id}`);
    return this.#behaviour.handle?.(body, from, reply, this.context);
  }

  close(): void | Promise<void> {
    this.#calls.push("close");
    return this.#behaviour.close?.();
  }
}

interface FakeBehaviour<S extends ServiceName> {
  readonly create?: () => void | Promise<void>;
  readonly attach?: (session: Session, context: ServiceContext<S>) => void;
  readonly handle?: (
    body: BodyFor<S>,
    from: Session,
    reply: Reply<S>,
    context: ServiceContext<S>,
  ) => void | Promise<void>;
  readonly close?: () => void | Promise<void>;
}

/** How to make it; `calls` fills with what all its channels are told, in order. */
export function fakeService<S extends ServiceName>(
  service: S,
  behaviour: FakeBehaviour<S> &
    Partial<Pick<ServiceDefinition<S>, "mayOpen" | "viewerMay" | "lingerMs">> = {},
): ServiceDefinition<S> & { readonly calls: string[] } {
  const calls: string[] = [];
  return {
    service,
    mayOpen: behaviour.mayOpen ?? ["owner", "editor", "viewer"],
    viewerMay: behaviour.viewerMay ?? new Set(),
    lingerMs: behaviour.lingerMs ?? 0,
    calls,
    async create(context) {
      await behaviour.create?.();
      return new FakeService(context, behaviour, calls);
    },
  };
}
