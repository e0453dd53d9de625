// Uses the programs of docs/frontend.md against the service that they name. `60` requests a minute are allowed.

import assert from 'node:assert/strict';

import * as withAxios from './axios.mjs';
import * as withFetch from './fetch.mjs';
import { patiently } from './patience.mjs';
import { refreshed } from './poll.mjs';

const MESSAGE = '에브리타임에서 친구의 2026년 2학기 시간표를 확인해보세요!\nhttps://everytime.kr/app/@weekday0000000000000';
const SATURDAY = 'https://everytime.kr/@saturday000000000000';

async function faultOf(promise) {
  return promise.then(() => assert.fail('no fault'), (fault) => fault);
}

for (const { timetable, free } of [withFetch, withAxios]) {
  const read = await timetable(MESSAGE);
  assert.equal(read.identifier, 'weekday0000000000000');
  assert.ok(read.classes.length > 0);

  const common = await free([MESSAGE, 'nothing', SATURDAY], { days: ['mon'], granularity: 60 });
  assert.equal(common.people, 2);
  assert.deepEqual(common.days[0].slots.find(({ start }) => start === '13:00').links, [2]);
  assert.equal(common.links[1].fault.code, 'invalid_link');

  const gone = await faultOf(timetable('@unknown0000000000000'));
  assert.equal(gone.code, 'not_found');
  assert.match(gone.message, /존재하지 않는 시간표/);
  assert.equal(gone.seconds, 0);

  const wrong = await faultOf(free([MESSAGE, SATURDAY], { daze: [] }));
  assert.equal(wrong.code, 'invalid_parameter');
  assert.match(wrong.message, /daze/);
}

const known = await refreshed('weekday0000000000000');
assert.ok(known.etag && known.timetable.classes.length > 0);
assert.equal(await refreshed('weekday0000000000000', known), known);
const changed = await refreshed('weekday0000000000000', { etag: '"another"' });
assert.deepEqual(changed.timetable.classes, known.timetable.classes);

// Spends what is left of the allowance; then each waits as long as the service says, and is answered.
for (const { timetable } of [withFetch, withAxios]) {
  let fault;
  while (!fault) await timetable(SATURDAY).catch((refused) => (fault = refused));
  assert.equal(fault.code, 'rate_limited');
  assert.ok(fault.seconds >= 1);
  assert.equal((await patiently(() => timetable(SATURDAY))).identifier, 'saturday000000000000');
}
const refused = await faultOf(patiently(() => withFetch.timetable('nothing')));
assert.equal(refused.code, 'invalid_link');
