/** @jsxRuntime automatic @jsxImportSource preact */
import { curlOf, examplesOf } from './curl.ts';
import { type ApiDocument, codesOf, type Placed, responsesOf, type Schema } from './document.ts';
import { describeType, rowsOf, type SchemaRow } from './format-schema.ts';
import { Prose } from './prose.tsx';

type OperationProps = { api: ApiDocument; operation: Placed; origin: string };

/** Shows one operation: its request, its responses, and its examples. */
export function OperationView({ api, operation, origin }: OperationProps) {
  const { description, method, operationId, path, requestBody, security, summary } = operation;
  const bodySchema = requestBody?.content['application/json']?.schema;
  const responses = responsesOf(api, operation);
  const inBody = bodySchema === undefined ? [] : rowsOf(bodySchema);
  return (
    <article class="card operation" id={operationId} aria-labelledby={`${operationId}-title`}>
      <h3 id={`${operationId}-title`}>
        <span class={`badge ${method === 'GET' ? 'accept' : 'wait'}`}>{method}</span> <code>{path}</code>
      </h3>
      <p>{summary}</p>
      {description !== undefined && (
        <p class="soft">
          <Prose text={description} />
        </p>
      )}
      {security !== undefined && (
        <p class="small">
          Where a token is configured, it needs{' '}
          {security.map((scheme) => Object.keys(scheme).join(' and ')).join(' or ')}.
        </p>
      )}
      <ParameterTable operation={operation} />
      {bodySchema !== undefined && inBody.length === 0 && (
        <p class="small">
          Body: <code>{describeType(bodySchema)}</code>
        </p>
      )}
      {inBody.length > 0 && <MemberTable caption="Body" rows={inBody} />}
      {examplesOf(operation).map((name) => (
        <ExampleView key={name} name={name} operation={operation} origin={origin} />
      ))}
      <h4>Responses</h4>
      <dl class="responses">
        {responses.map(([status, response]) => (
          <div key={status}>
            <dt>
              <span class={`badge ${Number(status) < 400 ? 'accept' : 'reject'}`}>{status}</span>
            </dt>
            <dd>
              {codesOf(response).length === 0 ? (
                <Prose text={response.description} />
              ) : (
                codesOf(response).map((code) => (
                  <code key={code} class="code">
                    {code}
                  </code>
                ))
              )}
              {Number(status) < 400 && (
                <SuccessMembers schema={response.content?.['application/json']?.schema} />
              )}
            </dd>
          </div>
        ))}
      </dl>
    </article>
  );
}

function SuccessMembers({ schema }: { schema: Schema | undefined }) {
  const rows = schema === undefined ? [] : rowsOf(schema);
  return rows.length === 0 ? null : (
    <details>
      <summary>Members</summary>
      <MemberTable caption="Members of the response" rows={rows} />
    </details>
  );
}

function ParameterTable({ operation }: { operation: Placed }) {
  const { parameters = [] } = operation;
  const rows = parameters.map((parameter) => ({
    name: `${parameter.name} (${parameter.in})`,
    type: describeType(parameter.schema ?? parameter.content?.['application/json']?.schema ?? {}),
    isRequired: parameter.required ?? false,
    description: parameter.description ?? '',
  }));
  return rows.length === 0 ? null : <MemberTable caption="Parameters" rows={rows} />;
}

function MemberTable({ caption, rows }: { caption: string; rows: readonly SchemaRow[] }) {
  return (
    // No landmark: there are a hundred of them, and each table has a caption.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it.
    <div class="scrolls" tabIndex={0}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">name</th>
            <th scope="col">form</th>
            <th scope="col">meaning</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ description, isRequired, name, type }) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>
                {isRequired ? '' : <span class="soft"> optional</span>}
              </th>
              <td>{type}</td>
              <td>
                <Prose text={description} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ExampleView({ name, operation, origin }: { name: string; operation: Placed; origin: string }) {
  const shown = Object.entries(operation.responses).flatMap(([status, response]) => {
    const contents = '$ref' in response ? [] : Object.values(response.content ?? {});
    return contents.flatMap(({ examples }) => {
      const example = examples?.[name];
      return example === undefined ? [] : [{ status, ...example }];
    });
  });
  const [first] = shown;
  return (
    <details>
      <summary>Example: {first?.summary ?? name}</summary>
      <pre>{curlOf(operation, name, origin)}</pre>
      {first !== undefined && (
        <pre>
          {first.status}{' '}
          {typeof first.value === 'string' ? first.value : JSON.stringify(first.value, null, 2)}
        </pre>
      )}
    </details>
  );
}
