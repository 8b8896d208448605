import type { PolicyIn, PolicyPatch } from '@/api';
import { numberOrNull, textOf } from '@/core/form';
import { oneOf } from '@/core/url';

export const SCOPES = ['all', 'cdl', 'non_cdl', 'hazmat', 'interstate', 'passenger'] as const;
export const DEADLINES = ['before_driving', 'days_after_hire'] as const;

/** `policy_winter_training` from "Winter training"; the API asks for the prefix. */
export function policyKey(text: string): string {
  const plain = text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/^policy_/, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 56);
  return plain === '' ? '' : `policy_${plain}`;
}

/** The fields of the form; the days go with the deadline after hire, and only with it. */
export function readPolicy(fields: FormData): PolicyPatch & Pick<PolicyIn, 'title'> {
  const deadline = oneOf(DEADLINES, textOf(fields, 'deadline')) ?? 'before_driving';
  return {
    title: textOf(fields, 'title'),
    applies_to: oneOf(SCOPES, textOf(fields, 'applies_to')) ?? 'all',
    deadline,
    deadline_days: deadline === 'days_after_hire' ? numberOrNull(fields, 'deadline_days') : null,
    renewal_months: numberOrNull(fields, 'renewal_months'),
    blocks_driving: fields.get('blocks_driving') === 'on',
    reason: textOf(fields, 'reason'),
  };
}
