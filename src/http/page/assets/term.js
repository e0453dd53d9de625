// When a term usually begins and ends: a proposal that its owner corrects.

/** First and last day of each semester, as month and day. */
const USUAL = {
  1: ['03-02', '06-19'],
  여름: ['06-22', '07-17'],
  2: ['09-01', '12-18'],
  겨울: ['12-21', '01-15'],
};

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
