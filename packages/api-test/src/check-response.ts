import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { ApiDocument, ApiOperation, Schema } from './document.ts';
import type { ReceivedResponse } from './send.ts';

/** Media types of files whose document names another one: a page has a script and a style sheet. */
const alsoTypes: Readonly<Record<string, string>> = { 'text/css': 'text/javascript' };

/**
 * Checks a response against an operation's document: its status, its media type, and the form of its JSON.
 *
 * @returns what is wrong, or undefined
 */
export function checkResponse(
  document: ApiDocument,
  operation: ApiOperation,
  { json, status, type }: ReceivedResponse,
): string | undefined {
  if (status === 500) return 'the status is 500';
  const documented = operation.responses.get(status);
  if (documented === undefined) return `the status ${status} is not documented: ${JSON.stringify(json)}`;
  const content = documented.content?.[type] ?? documented.content?.[alsoTypes[type] ?? ''];
  if (content === undefined) {
    const isEmpty = documented.content === undefined && type === '';
    return isEmpty ? undefined : `the media type ${type} of status ${status} is not documented`;
  }
  if (json === undefined) return undefined;
  const validate = validatorOf(content.schema, document);
  if (validate(json)) return undefined;
  return `the body of status ${status} has another form: ${describe(validate.errors)}: ${JSON.stringify(json)}`;
}

const ajv = new Ajv2020({ strict: false, validateFormats: false });

const validators = new WeakMap<Schema, ValidateFunction>();

/** Compiles each schema once. */
function validatorOf(schema: Schema, { components }: ApiDocument): ValidateFunction {
  const validate = validators.get(schema) ?? ajv.compile({ ...schema, components });
  validators.set(schema, validate);
  return validate;
}

function describe(errors: ValidateFunction['errors']): string {
  return ajv.errorsText(errors);
}
