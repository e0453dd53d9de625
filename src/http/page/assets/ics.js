// A meeting as a calendar file (RFC 5545), once or every week. Pure.

/** Octets in a line before it is folded. */
const LONGEST = 75;
const ZONE = [
  'BEGIN:VTIMEZONE',
  'TZID:Asia/Seoul',
  'BEGIN:STANDARD',
  'DTSTART:19881009T030000',
  'TZOFFSETFROM:+1000',
  'TZOFFSETTO:+0900',
  'TZNAME:KST',
  'END:STANDARD',
  'END:VTIMEZONE',
];

/**
 * The file of a meeting on `date` (`2026-11-30`) between two minutes of that day in Seoul; with `until`, a date, every
 * week until then. `uid` tells it from any other, `now` is when it was made.
 */
export function meetingFile({ summary, description, date, from, to, until, uid, now }) {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//gonggang//meeting//KO',
    'CALSCALE:GREGORIAN',
    ...ZONE,
    'BEGIN:VEVENT',
    `UID:${uid}@gonggang`,
    `DTSTAMP:${stamp(now)}`,
    `DTSTART;TZID=Asia/Seoul:${local(date, from)}`,
    `DTEND;TZID=Asia/Seoul:${local(date, to)}`,
    ...(until ? [`RRULE:FREQ=WEEKLY;UNTIL=${until.replaceAll('-', '')}T145959Z`] : []),
    `SUMMARY:${escaped(summary)}`,
    ...(description ? [`DESCRIPTION:${escaped(description)}`] : []),
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join('');
}

function stamp(now) {
  return now.toISOString().replace(/[-:]|\.\d+/g, '');
}

/** The end of a day is the next one's first moment. */
function local(date, minute) {
  const moment = new Date(`${date}T00:00:00Z`);
  moment.setUTCMinutes(minute);
  return stamp(moment).replace('Z', '');
}

function escaped(text) {
  return text.replace(/[\\;,]/g, '\\$&').replace(/\r?\n/g, '\\n');
}

/** Broken between characters, since half of one is no UTF-8. */
function folded(line) {
  const length = (text) => new TextEncoder().encode(text).length;
  const lines = [''];
  for (const letter of line) {
    if (length(lines.at(-1) + letter) > LONGEST) lines.push(' ');
    lines[lines.length - 1] += letter;
  }
  return lines.join('\r\n');
}
