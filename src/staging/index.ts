export { checkOutput } from './check-output.ts';
export {
  dataPath,
  findsSameData,
  locationsOf,
  presentDataFiles,
  refuseForeignData,
} from './data-files.ts';
export { Stage } from './stage.ts';
