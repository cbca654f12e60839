/** @jsxRuntime automatic @jsxImportSource preact */
import { commonErrors } from './common-errors.ts';
import { type ApiDocument, operationsOf } from './document.ts';
import { ErrorList, OperationView } from './operation-view.tsx';
import { Prose } from './prose.tsx';

type ApiPageProps = { api: ApiDocument; origin: string; isWide: boolean };

/** Shows an OpenAPI document: a list of its operations, and each in full. @param isWide a phone gets the list folded */
export function ApiPage({ api, isWide, origin }: ApiPageProps) {
  const common = commonErrors(api);
  const groups = api.tags.map((tag) => ({ ...tag, operations: operationsOf(api, tag.name) }));
  const tokens = Object.entries(api.components.securitySchemes);
  return (
    <div class="api">
      <header>
        <h1>{api.info.title}</h1>
        <p>
          <Prose text={api.info.description} />
        </p>
        <p class="soft small">
          Release {api.info.version}. <a href="openapi.json">openapi.json</a> is this page for programs.
        </p>
        {tokens.map(([name, { description }]) => (
          <p key={name} class="small">
            <code>{name}</code>: <Prose text={description} />
          </p>
        ))}
      </header>
      <nav aria-label="Operations">
        <details open={isWide}>
          <summary>Operations</summary>
          {groups.map(({ name, operations }) => (
            <section key={name}>
              <h2>{name}</h2>
              <ul>
                {operations.map(({ method, operationId, path }) => (
                  <li key={operationId}>
                    <a href={`#${operationId}`}>
                      <code>
                        {method} {path}
                      </code>
                    </a>
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </details>
      </nav>
      <main>
        {groups.map(({ description, name, operations }) => (
          <section key={name}>
            <h2>{name}</h2>
            <p class="soft">
              <Prose text={description} />
            </p>
            {operations.map((operation) => (
              <OperationView key={operation.operationId} {...{ api, common, operation, origin }} />
            ))}
          </section>
        ))}
        <section>
          <h2 id="errors">Errors of every operation</h2>
          <p class="soft">
            What may come in front of any route. All errors have the form of <code>Problem</code>.
          </p>
          <ErrorList errors={common} />
        </section>
      </main>
    </div>
  );
}
