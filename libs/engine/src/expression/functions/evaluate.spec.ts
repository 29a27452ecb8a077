import { describe } from 'vitest';
import { itFails, itGives } from '../../../test/expression-table.js';

const binary = { $binary: 'AQID' };

describe('evaluation functions', () => {
  itGives([
    ['IsBitSet(&HA,8)', true],
    ['IsBitSet(&HA,4)', false],
    ['IsBitSet(&HA,&HA)', true],
    ['IsBitSet(&HA,&HB)', false],
    ['IsBitSet(-2147483646,&H80000000)', true],
    ['IsCert(ConvertToBase64("x"))', false],
    ['IsCert([no])', false],
    ['IsCert([b])', false, { b: binary }],
    ['IsDate("2021-02-30")', false],
    ['IsDate("2021-02-28")', true],
    ['IsDate([no])', false],
    ['IsDate(Now())', true],
    ['IsEmpty("")', true],
    ['IsEmpty("a")', false],
    ['IsEmpty(NULL)', false],
    ['IsGuid("00112233445566778899aabbccddeeff")', false],
    ['IsGuid("00112233-4455-6677-8899-aabbccddeeff")', true],
    ['IsGuid("{00112233-4455-6677-8899-aabbccddeeff}")', true],
    ['IsGuid([no])', false],
    ['IsNull([noSuchValue])', true],
    ['IsNull("")', false],
    ['IsNull(NULL)', true],
    ['IsNullOrEmpty("")', true],
    ['IsNullOrEmpty([no])', true],
    ['IsNullOrEmpty("a")', false],
    ['IsNumeric("12a")', false],
    ['IsNumeric("12")', true],
    ['IsNumeric(12)', true],
    ['IsNumeric([no])', false],
    ['IsPresent([mail])', true, { mail: 'k@z.test' }],
    ['IsPresent([mail])', false, { mail: '' }],
    ['IsPresent([mail])', false],
    ['IsPresent([flag])', true, { flag: false }],
    ['IsPresent([b])', true, { b: binary }],
    ['IsPresent([v])', true, { v: ['a', 'b'] }],
    ['IsPresent([v])', false, { v: [] }],
    ['IsString("q")', true],
    ['IsString([objectGUID])', false, { objectGUID: binary }],
    ['IsString([no])', false],
    ['IsString(Now())', false],
    ['IsString([v])', [true, false], { v: ['a', binary] }],
  ]);
  itFails([
    ['IsBitSet([no],1)', 'argument-type', '[no]'],
    ['IsPresent()', 'argument-count'],
    ['IsGuid(5)', 'argument-type', '5'],
  ]);
});
