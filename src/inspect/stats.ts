export type { TensorStats } from '../checks/index.ts';
