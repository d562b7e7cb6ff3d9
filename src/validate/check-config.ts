import { MlkitError } from '../errors.ts';
import type { ValidateConfig } from './config.ts';

/** What a validation can be about; each has its own report. */
export type Mode = 'golden' | 'record' | 'matrix' | 'pair' | 'accuracy';

/**
 * Tells what is asked for.
 *
 * @throws MlkitError USAGE when it is nothing, or more than goes together.
 */
export function modeOf(config: ValidateConfig): Mode {
  const { candidate, golden, saveGolden, labels, matrix, trace, extract } = config;
  const asked = [
    ...(golden === null ? [] : ['golden' as const]),
    ...(saveGolden === null ? [] : ['record' as const]),
    ...(matrix.length === 0 ? [] : ['matrix' as const]),
  ];
  const [mode, other] = asked;
  if (mode !== undefined && other !== undefined) {
    throw new MlkitError(
      'USAGE',
      `${flags[mode]} and ${flags[other]} are two different questions`,
      {
        hint: 'Ask them one after the other.',
      },
    );
  }
  if (mode !== undefined) refuseParts(mode, config);
  if ((trace || extract !== null) && (mode !== undefined || candidate === null)) {
    const flag = extract === null ? '--trace' : '--extract';
    throw new MlkitError('USAGE', `${flag} follows the difference of two models`, {
      hint: 'Give a reference and a candidate.',
    });
  }
  refuseIdleFlags(config);
  if (mode !== undefined) return mode;
  refuseLabels(config);
  if (candidate !== null) return 'pair';
  if (labels !== null) return 'accuracy';
  throw new MlkitError('USAGE', 'there is nothing to compare the model with', {
    hint: 'Give a second model, --golden DIR, --matrix threads=1,2, or --inputs eval.npz --labels NAME.',
  });
}

type OneModelMode = 'golden' | 'record' | 'matrix';

const flags: Readonly<Record<OneModelMode, string>> = {
  golden: '--golden',
  record: '--save-golden',
  matrix: '--matrix',
};

const purposes: Readonly<Record<OneModelMode, string>> = {
  golden: 'compares with what was recorded',
  record: 'records what one model gives',
  matrix: 'compares settings',
};

/** What has no part in a mode. */
function refuseParts(mode: OneModelMode, config: ValidateConfig): void {
  const { candidate, labels, maxDrop, inputs } = config;
  const strangers = [
    ...(candidate !== null && mode !== 'matrix' ? ['a candidate'] : []),
    ...(labels === null ? [] : ['--labels']),
    ...(maxDrop === null ? [] : ['--max-drop']),
    ...(mode === 'golden' && inputs.length > 0 ? ['--inputs'] : []),
  ];
  const [stranger] = strangers;
  if (stranger === undefined) return;
  throw new MlkitError(
    'USAGE',
    `${flags[mode]} ${purposes[mode]}, so ${stranger} has no part in it`,
  );
}

function refuseLabels({ candidate, labels, inputs, maxDrop }: ValidateConfig): void {
  if (labels !== null && inputs.length === 0) {
    throw new MlkitError('USAGE', '--labels needs the data that it labels', {
      hint: 'Give --inputs eval.npz as well.',
    });
  }
  if (maxDrop !== null && (candidate === null || labels === null)) {
    throw new MlkitError('USAGE', '--max-drop needs two models and --labels');
  }
}

/** What has no meaning without another flag. */
function refuseIdleFlags({ labels, ...config }: ValidateConfig): void {
  if (config.force && config.saveGolden === null) {
    throw new MlkitError('USAGE', '--force has no meaning without --save-golden');
  }
  if (labels !== null) return;
  const idle = [
    ...(config.topK === null ? [] : ['--top-k']),
    ...(config.task === 'auto' ? [] : ['--task']),
    ...(config.labelOutput === null ? [] : ['--label-output']),
  ];
  const [flag] = idle;
  if (flag !== undefined) throw new MlkitError('USAGE', `${flag} has no meaning without --labels`);
}
