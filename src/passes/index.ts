export { type FixShapesSettings, fixedSizes, fixShapes } from './fix-shapes.ts';
export { type IrFeature, irFeatures } from './ir-features.ts';
export {
  type IrVersionSettings,
  irVersion,
  newestIrVersion,
  opsetIrVersion,
} from './ir-version.ts';
export { type SetMetadataSettings, setMetadata } from './metadata.ts';
export type { Change, ChangeAction, Pass } from './pass.ts';
export { type RenameSettings, rename } from './rename.ts';
export { type Strippable, type StripSettings, strip, strippables } from './strip.ts';
