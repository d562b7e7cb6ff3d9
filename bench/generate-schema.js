// Writes src/onnx/schema.ts from a JSON description of the ONNX protobuf messages:
//   node bench/generate-schema.js DESCRIPTION.json
// The description lists, for each message, its fields with number, name, type and label, as the
// descriptors of the `onnx` Python package give them.
import fs from 'node:fs';

const description = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const short = (name) => name.replace(/^onnx\./, '').replaceAll('.', '');
const lines = [];
for (const [fullName, message] of Object.entries(description.messages)) {
  lines.push(`  ${short(fullName)}: {`);
  for (const field of message.fields) {
    const parts = [`number: ${field.number}`];
    parts.push(`type: '${field.type}'`);
    if (field.label === 'repeated') parts.push('repeated: true');
    if (field.message) parts.push(`message: '${short(field.message)}'`);
    lines.push(`    ${field.name}: { ${parts.join(', ')} },`);
  }
  lines.push('  },');
}
const names = Object.keys(description.messages).map(short);
fs.writeFileSync(
  'src/onnx/schema.ts',
  `// Made by bench/generate-schema.js: field numbers and types of the ONNX protobuf messages.
// Facts from onnx.proto of ONNX 1.23.1 (IR version 14), https://github.com/onnx/onnx.

export type ScalarType = 'string' | 'bytes' | 'int64' | 'int32' | 'uint64' | 'float' | 'double' | 'enum';

export interface FieldSchema {
  readonly number: number;
  readonly type: ScalarType | 'message';
  readonly repeated?: true;
  /** Set where \`type\` is \`message\`. */
  readonly message?: MessageName;
}

export type MessageName =
${names.map((name) => `  | '${name}'`).join('\n')};

export const schema: Readonly<Record<MessageName, Readonly<Record<string, FieldSchema>>>> = {
${lines.join('\n')}
};
`,
);
