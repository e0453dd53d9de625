// Terms: which one a timetable is of, which ones several people have, and when one usually begins and ends.

/** First and last day of each semester, as month and day. */
const USUAL = {
  1: ['03-02', '06-19'],
  여름: ['06-22', '07-17'],
  2: ['09-01', '12-18'],
  겨울: ['12-21', '01-15'],
};
/** A menu entry of Everytime's page. */
const LABEL = /^(\d{4})년 (1|2|여름|겨울)학기$/u;
/** Most terms to choose from. */
const CHOICES = 3;

/** `{from, until}` for a timetable, as dates; without a term in it, that of `today`. */
export function usualTerm(timetable, today = new Date()) {
  const year = timetable.year ?? today.getFullYear();
  const semester = timetable.semester ?? semesterOf(today);
  const [from, until] = USUAL[semester] ?? USUAL[2];
  // Only the winter's ends in another year.
  return { from: `${year}-${from}`, until: `${until < from ? year + 1 : year}-${until}` };
}

function semesterOf(today) {
  return today.getMonth() < 6 ? '1' : '2';
}

/** `{year, semester}` of a menu entry such as `2026년 2학기`; `null` for any other text. */
export function termOfLabel(label) {
  const [, year, semester] = LABEL.exec(label?.trim() ?? '') ?? [];
  return year ? { year: Number(year), semester } : null;
}

/** `{year, semester}` of a timetable; `null` where it does not say. */
export function termOf({ year, semester }) {
  return year && semester ? { year, semester } : null;
}

/** The different known terms of some timetables, in the order of their first. */
export function termsOf(timetables) {
  const terms = timetables.map(termOf).filter(Boolean);
  return terms.filter((term, index) => terms.findIndex((other) => isSame(term, other)) === index);
}

/** The timetable of a person for a term: the one that is shown or one of the menu; `undefined` without. */
export function identifierFor({ identifier, timetable }, term) {
  if (isSame(termOf(timetable), term)) return identifier;
  return timetable.semesters.find(({ label }) => isSame(termOfLabel(label), term))?.identifier;
}

/** The terms for which each of these people has a timetable, the first person's newest first. */
export function sharedTerms(people) {
  const [{ timetable }] = people;
  const all = termsOf([timetable, ...timetable.semesters.map(({ label }) => termOfLabel(label) ?? {})]);
  const shared = all.filter((term) => people.every((person) => identifierFor(person, term)));
  return shared.sort((a, b) => rank(b) - rank(a)).slice(0, CHOICES);
}

function rank({ year, semester }) {
  return year * 10 + Object.keys(USUAL).sort((a, b) => month(a) - month(b)).indexOf(semester);
}

function month(semester) {
  return Number(USUAL[semester][0].slice(0, 2));
}

function isSame(a, b) {
  return a !== null && b !== null && a.year === b.year && a.semester === b.semester;
}
