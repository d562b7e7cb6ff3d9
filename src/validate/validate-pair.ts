import { statSync } from 'node:fs';
import { compareModels, type ParityResult, worstVerdict } from '../parity/index.ts';
import { accuracyOf, type DropVerdict, judgeDrop } from './accuracy.ts';
import type { ValidateConfig, ValidateServices } from './config.ts';
import { openSubject, type Subject } from './open-subject.ts';
import { type Data, planData } from './plan-data.ts';
import type { Accuracy, ValidateReport } from './report.ts';
import { sessionSettings } from './session-settings.ts';
import type { Answer } from './validate.ts';

