import fs from 'node:fs';
import path from 'node:path';
import ort from 'onnxruntime-node';
import { beforeAll, describe, expect, test } from 'vitest';
import { type GraphCheck, GraphFacts } from '../../src/checks/graph-facts.ts';
import { checks, checkThoroughly, ModelFacts, verdictsOf } from '../../src/checks/index.ts';
import { operatorChecks } from '../../src/checks/operators/index.ts';
import { targetChecks } from '../../src/checks/operators/target.ts';
import { runThoroughChecks } from '../../src/checks/thorough.ts';
import { openModel } from '../../src/onnx/index.ts';
import type { Finding } from '../../src/report/index.ts';
import { parseRuntimeTarget } from '../../src/schemas/index.ts';
import { filesBelow, fixtures, root } from '../support/files.ts';
import { writeModel } from '../support/write-model.ts';
import { model } from './cases/parts.ts';
import { operatorCases } from './operator-cases.ts';

const severities = new Map(
  [...checks, ...operatorChecks].flatMap((each) =>
    each.codes.map((code) => [code, each.severity] as const),
  ),
);

/** What is wrong with a file; advice is left out, and tested elsewhere. */
function findingsOf(file: string): Finding[] {
  const open = openModel(file);
  try {
    const found = runThoroughChecks(new ModelFacts(open, { measureAll: true }));
    return found.filter((each) => severities.has(each.code));
  } finally {
    open.close();
  }
}

/** Whether the runtime itself makes a session of it. */
async function loads(file: string): Promise<boolean> {
  try {
    const session = await ort.InferenceSession.create(file, { logSeverityLevel: 4 });
    await session.release();
    return true;
  } catch {
    return false;
  }
}

beforeAll(() => {
  ort.env.logLevel = 'fatal';
});

describe('the checks of operators', () => {
  test('are every check of the folder', async () => {
    const folder = path.join(root, 'src', 'checks', 'operators');
    const exported: GraphCheck[] = [];
    for (const file of fs.readdirSync(folder).filter((name) => name !== 'index.ts')) {
      const module = (await import(path.join(folder, file))) as Record<string, unknown>;
      for (const each of Object.values(module)) {
        if (typeof each === 'object' && each !== null && 'codes' in each) {
          exported.push(each as GraphCheck);
        }
      }
    }
    expect(exported.length).toBeGreaterThan(20);
    expect(new Set(operatorChecks)).toEqual(new Set(exported));
  });

  test('have codes of their own', () => {
    const codes = [...checks, ...operatorChecks].flatMap((each) => each.codes);
    expect(new Set(codes).size).toBe(codes.length);
  });

  test('have a case for each code', () => {
    const tested = new Set(operatorCases.map((each) => each.code));
    const codes = operatorChecks.flatMap((each) => [...each.codes]);
    expect(codes.filter((code) => !tested.has(code))).toEqual([]);
  });

  test('are explained', () => {
    const pages = fs
      .readdirSync(path.join(root, 'docs'))
      .filter((name) => /^findings.*\.md$/.test(name))
      .map((name) => fs.readFileSync(path.join(root, 'docs', name), 'utf8'));
    const titles = pages.flatMap((page) => [...page.matchAll(/^#+ `?([a-z0-9-]+)`?$/gm)]);
    const explained = new Set(titles.map((each) => each[1]));
    const target = targetChecks(parseRuntimeTarget('onnxruntime')).flatMap((each) => each.codes);
    expect([...severities.keys(), ...target].filter((code) => !explained.has(code))).toEqual([]);
  });

  test.each(operatorCases.map((each, at) => [`${each.code} (${at})`, each] as const))(
    '%s is found, and nothing else; the runtime agrees',
    async (_, each) => {
      const { code, defective, spec, runtime, also = [] } = each;
      const file = writeModel(defective);
      const found = findingsOf(file);
      const codes = new Set(found.map((finding) => finding.code));
      expect(codes).toEqual(new Set([code, ...also]));
      const own = found.find((finding) => finding.code === code);
      expect(own).toMatchObject({ spec, runtime, severity: severities.get(code) });
      expect(own?.help).toBe(`docs/findings.md#${code}`);
      expect(own?.fix).toMatch(/\.$/);
      const isRejected = runtime === 'rejects';
      expect(verdictsOf(found)).toEqual({
        spec: found.some((finding) => finding.spec === 'error') ? 'invalid' : 'valid',
        runtime: isRejected ? 'rejects' : 'loads',
        run: runtime === 'accepts' ? 'runs' : 'fails',
      });
      expect(await loads(file)).toBe(!isRejected);
    },
  );

  test.each(operatorCases.map((each, at) => [`${each.code} (${at})`, each] as const))(
    '%s is not found in a sound model',
    (_, { sound }) => {
      const found = findingsOf(writeModel(sound)).filter((each) => each.severity !== 'info');
      expect(found).toEqual([]);
    },
  );

  test('find nothing wrong with the fixtures that ONNX takes', () => {
    const models = filesBelow(fixtures, '.onnx').filter((file) => !file.includes('broken'));
    expect(models.length).toBeGreaterThan(10);
    for (const file of models) {
      const wrong = findingsOf(file).filter((each) => each.spec === 'error');
      expect([file, wrong]).toEqual([file, []]);
    }
  });
});

describe('the release that a model is meant for', () => {
  const findings = (target: string | null): string[] => {
    const open = openModel(writeModel(model()));
    try {
      const facts = new GraphFacts(new ModelFacts(open));
      const release = target === null ? null : parseRuntimeTarget(target);
      return runThoroughChecks(facts, { target: release }).map((each) => each.code);
    } finally {
      open.close();
    }
  };

  test('is asked for the IR version and the operator sets', () => {
    expect(findings(null)).toEqual([]);
    expect(findings('onnxruntime@1.20')).toEqual([]);
    // Its newest IR version is 8; it was the first with opset 17.
    expect(findings('onnxruntime@1.12')).toEqual(['target-ir-version']);
    expect(findings('onnxruntime@1.8')).toEqual(['target-ir-version', 'target-opset']);
  });
});

describe('checkThoroughly', () => {
  test('is what the module does', async () => {
    const [first] = operatorCases;
    const open = openModel(writeModel(first?.defective ?? model()));
    try {
      const facts = new ModelFacts(open);
      const found = await checkThoroughly(facts);
      expect(found).toEqual(runThoroughChecks(facts));
      expect(found).not.toEqual([]);
    } finally {
      open.close();
    }
  });
});
