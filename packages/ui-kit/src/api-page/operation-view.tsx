/** @jsxRuntime automatic @jsxImportSource preact */
import { type ErrorCodes, ownErrors } from './common-errors.ts';
import { curlOf, examplesOf } from './curl.ts';
import {
  type ApiDocument,
  type ApiResponse,
  isOpen,
  type Placed,
  responsesOf,
  type Schema,
} from './document.ts';
import { describeType, rowsOf, type SchemaRow } from './format-schema.ts';
import { Prose } from './prose.tsx';

type OperationProps = { api: ApiDocument; common: ErrorCodes; operation: Placed; origin: string };

/** Shows one operation: its request, its responses, and its examples. */
export function OperationView({ api, common, operation, origin }: OperationProps) {
  const { description, method, operationId, path, requestBody, security, summary } = operation;
  const bodySchema = requestBody?.content['application/json']?.schema;
  const tokens = (security ?? []).flatMap((scheme) => Object.keys(scheme));
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
      {tokens.length > 0 && (
        <p class="small">
          {isOpen(operation) ? 'May need' : 'Needs'} a token: {tokens.join(' or ')}.
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
        {responses
          .filter(([status]) => Number(status) < 400)
          .map(([status, response]) => (
            <div key={status}>
              <dt>
                <span class="badge accept">{status}</span>
              </dt>
              <dd>
                <Prose text={response.description} />
                <SuccessMembers schema={response.content?.['application/json']?.schema} />
                <Links response={response} />
              </dd>
            </div>
          ))}
      </dl>
      <ErrorList errors={ownErrors(responses, common)} />
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

/** The codes of errors, by status. */
export function ErrorList({ errors }: { errors: ErrorCodes }) {
  return errors.size === 0 ? null : (
    <dl class="responses">
      {[...errors].map(([status, codes]) => (
        <div key={status}>
          <dt>
            <span class="badge reject">{status}</span>
          </dt>
          <dd>
            {codes.map((code) => (
              <code key={code} class="code">
                {code}
              </code>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** What a client can do next with what it got. */
function Links({ response }: { response: ApiResponse }) {
  const links = Object.entries(response.links ?? {});
  return links.length === 0 ? null : (
    <ul class="links">
      {links.map(([name, { description, operationId, parameters }]) => (
        <li key={name}>
          <a href={`#${operationId}`}>{operationId}</a>: <Prose text={description} />{' '}
          {Object.entries(parameters).map(([parameter, expression]) => (
            <code key={parameter} class="code">
              {parameter} = {expression}
            </code>
          ))}
        </li>
      ))}
    </ul>
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
  const haveMeaning = rows.some(({ description }) => description !== '');
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
            {haveMeaning && <th scope="col">meaning</th>}
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
              {haveMeaning && (
                <td>
                  <Prose text={description} />
                </td>
              )}
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
