export { type PrintOptions, printGraph, printModel, printNode } from './print.ts';
