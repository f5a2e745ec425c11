import type { DynamicModule, Type } from '@nestjs/common';
import { MODULE_METADATA } from '@nestjs/common/constants.js';
import { HealthController } from '../http/health.controller.ts';
import { routesOf } from '../http/route.ts';
import type { Route } from '../http/route.ts';

/** The routes of modules, read from their decorators alone: nothing is constructed, no database is needed. */
export const routesOfFeatures = (features: readonly Type[]): Route[] => {
  const controllers = new Set<Type>([HealthController]);
  const seen = new Set<unknown>();
  const visit = (module: unknown): void => {
    if (seen.has(module)) return;
    seen.add(module);
    const { type, dynamic } = moduleOf(module);
    if (type === undefined) return;
    for (const controller of [...listed(type, MODULE_METADATA.CONTROLLERS), ...(dynamic?.controllers ?? [])]) {
      if (isClass(controller)) controllers.add(controller);
    }
    for (const imported of [...listed(type, MODULE_METADATA.IMPORTS), ...(dynamic?.imports ?? [])]) visit(imported);
  };
  for (const feature of features) visit(feature);
  return [...controllers].flatMap(routesOf);
};

const moduleOf = (module: unknown): { type?: Type; dynamic?: DynamicModule } => {
  if (isClass(module)) return { type: module };
  return isDynamic(module) ? { type: module.module, dynamic: module } : {};
};

const isClass = (value: unknown): value is Type => typeof value === 'function';
const isDynamic = (value: unknown): value is DynamicModule =>
  typeof value === 'object' && value !== null && 'module' in value && isClass(value.module);

const listed = (type: Type, key: string): readonly unknown[] => {
  const list: unknown = Reflect.getMetadata(key, type);
  return Array.isArray(list) ? list : [];
};
