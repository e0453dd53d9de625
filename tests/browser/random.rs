//! Random timetables, drawn by the stand-in, come back exactly from the page and from the API, those
//! with classes that the page refuses to draw too. So does the common free time of random groups.
//!
//! `RANDOM_SEED` and `RANDOM_COUNT` choose other timetables, and more of them.

use std::sync::Arc;

use crate::support::random::{DAY, DAYS, RandomTimetable, clock};
use crate::support::{Answer, Service, Site, read_part};
use rand::rngs::Xoshiro256PlusPlus;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, RngExt, SeedableRng};
use serde_json::{Value, json};
use standin::Fixtures;

const SEED: u64 = 20_260_901;
const COUNT: u64 = 40;
const MANY: u64 = 500;
/// Requests under way at the same time.
const AT_ONCE: u64 = 4;
/// Fewer timetables than these may all be without a refused class.
const SAMPLE: u64 = 100;
/// Timetables for each question about common free time.
const PER_QUESTION: usize = 4;

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |text| text.parse().unwrap())
}

#[tokio::test]
async fn random_timetables_and_their_common_free_time_are_read_back_exactly() {
    are_read_back_exactly(COUNT).await;
}

#[tokio::test]
#[ignore = "make test-all"]
async fn many_random_timetables_and_their_common_free_time_are_read_back_exactly() {
    are_read_back_exactly(MANY).await;
}

async fn are_read_back_exactly(count: u64) {
    let (seed, count) = (number("RANDOM_SEED", SEED), number("RANDOM_COUNT", count));
    let site = Site::serving(Fixtures::default()).await;
    let services = Arc::new([Service::patient(&site), Service::reading_api(&site)]);
    let readers: Vec<_> = (0..AT_ONCE)
        .map(|first| {
            let seeds = (seed + first..seed + count).step_by(AT_ONCE as usize);
            let (services, fixtures) = (Arc::clone(&services), Arc::clone(&site.fixtures));
            tokio::spawn(async move { read_all(&services[..], &fixtures, seeds).await })
        })
        .collect();
    let (mut timetables, mut wrong) = (Vec::new(), Vec::new());
    for reader in readers {
        let (of_reader, wrong_of_reader) = reader.await.unwrap();
        timetables.extend(of_reader);
        wrong.extend(wrong_of_reader);
    }
    let meetings: usize = timetables.iter().map(RandomTimetable::meetings).sum();
    let refusing = timetables.iter().filter(|t| t.refusals() > 0).count();
    wrong.extend(ask_for_free_time(&services[..], &timetables, seed).await);
    println!("{count} timetables, {meetings} meetings, {refusing} with a refused class");
    assert!(
        wrong.is_empty(),
        "{} wrong; the first:\n{}",
        wrong.len(),
        wrong[0]
    );
    assert!(
        count < SAMPLE || refusing * 5 >= timetables.len(),
        "only {refusing} of {count} have a refused class"
    );
}

/// The timetables of these seeds, and what was read wrongly.
async fn read_all(
    services: &[Service],
    fixtures: &Fixtures,
    seeds: impl Iterator<Item = u64>,
) -> (Vec<RandomTimetable>, Vec<String>) {
    let (mut timetables, mut wrong) = (Vec::new(), Vec::new());
    for seed in seeds {
        let timetable = RandomTimetable::new(seed);
        fixtures.insert(timetable.fixture());
        let expected = timetable.expected();
        for service in services {
            let answer = service.get(&timetable.path()).await;
            let found = answer.json();
            if answer.status != 200 || read_part(found.clone()) != expected {
                let again = format!("RANDOM_SEED={seed} RANDOM_COUNT=1");
                let answer = timetable.answer();
                wrong.push(format!(
                    "{again}\n{answer}\nexpected {expected}\nfound    {found}"
                ));
            }
        }
        timetables.push(timetable);
    }
    (timetables, wrong)
}

// ---- common free time ----------------------------------------------------------------------------

/// Asks for the common free time of random groups, where there are two timetables. What was answered
/// wrongly.
async fn ask_for_free_time(
    services: &[Service],
    timetables: &[RandomTimetable],
    seed: u64,
) -> Vec<String> {
    if timetables.len() < 2 {
        return Vec::new();
    }
    let rng = &mut Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut wrong = Vec::new();
    for _ in 0..timetables.len().div_ceil(PER_QUESTION) {
        let question = Question::new(rng, timetables);
        for service in services {
            let found = ask(service, &question.body()).await;
            let expected = question.expected();
            if found.status != 200 || found.json() != expected {
                wrong.push(format!(
                    "{}\nexpected {expected}\nfound    {found:?}",
                    question.body()
                ));
            }
        }
    }
    wrong
}

async fn ask(service: &Service, body: &Value) -> Answer {
    let request = service.client.post(format!("{}/v1/free", service.url));
    Answer::of(request.json(body).send().await.unwrap()).await
}

/// A question about a group. Times are units of 5 minutes.
struct Question<'a> {
    people: Vec<&'a RandomTimetable>,
    granularity: u16,
    /// In the order asked.
    days: Vec<&'static str>,
    between: (u16, u16),
    at_least: u16,
}

impl<'a> Question<'a> {
    fn new(rng: &mut impl Rng, timetables: &'a [RandomTimetable]) -> Self {
        let start = rng.random_range(0..DAY);
        let mut days = DAYS.to_vec();
        days.shuffle(rng);
        days.truncate(rng.random_range(1..=DAYS.len()));
        let people = rng.random_range(2..=6);
        Self {
            people: timetables.sample(rng, people).collect(),
            granularity: *[1, 2, 3, 6, 12].choose(rng).expect("there are five"),
            days,
            between: (start, rng.random_range(start + 1..=DAY)),
            at_least: rng.random_range(0..=36),
        }
    }

    fn body(&self) -> Value {
        let (start, end) = self.between;
        let links = self.people.iter();
        json!({
            "links": links.map(|t| format!("@{}", t.identifier())).collect::<Vec<_>>(),
            "granularity": self.granularity * 5,
            "days": self.days,
            "between": [clock(start), clock(end)],
            "at_least_minutes": self.at_least * 5,
        })
    }

    /// The answer, by trying each unit of each slot with each person's meetings.
    fn expected(&self) -> Value {
        let asked = DAYS.iter().filter(|day| self.days.contains(day));
        let days = asked.map(|day| {
            let slots: Vec<_> = self
                .slots()
                .map(|slot| (slot, self.free(day, slot)))
                .collect();
            json!({"day": day, "everyone": self.everyone(&slots), "slots": shown(&slots)})
        });
        let days: Vec<_> = days.collect();
        let links: Vec<_> = self.people.iter().map(|person| link(person)).collect();
        let term = |link: &Value| (link["year"].clone(), link["semester"].clone());
        json!({
            "granularity": self.granularity * 5,
            "people": self.people.len(),
            "days": days,
            "mixed_terms": links.iter().any(|link| term(link) != term(&links[0])),
            "links": links,
        })
    }

    /// First units of the slots that lie in the part of the day asked about.
    fn slots(&self) -> impl Iterator<Item = u16> {
        let (start, end) = self.between;
        let length = self.granularity;
        let all = (0..DAY).step_by(length.into());
        all.filter(move |slot| start <= *slot && slot + length <= end)
    }

    /// Who is free in all units of a slot, by the places of their links.
    fn free(&self, day: &str, slot: u16) -> Vec<usize> {
        let people = self.people.iter().enumerate();
        let is_free = |person: &RandomTimetable| {
            !(slot..slot + self.granularity).any(|unit| person.is_busy(day, unit))
        };
        let free = people.filter(|(_, person)| is_free(person));
        free.map(|(place, _)| place).collect()
    }

    /// The longest stretches of slots in which no person is busy, as far as they are long enough.
    fn everyone(&self, slots: &[(u16, Vec<usize>)]) -> Vec<Value> {
        let mut stretches: Vec<(u16, u16)> = Vec::new();
        for (slot, _) in slots
            .iter()
            .filter(|(_, free)| free.len() == self.people.len())
        {
            match stretches.last_mut() {
                Some((_, end)) if *end == *slot => *end += self.granularity,
                _ => stretches.push((*slot, slot + self.granularity)),
            }
        }
        let long = stretches
            .iter()
            .filter(|(start, end)| end - start >= self.at_least);
        long.map(|(start, end)| json!({"start": clock(*start), "end": clock(*end)}))
            .collect()
    }
}

/// What an answer says about a link.
fn link(person: &RandomTimetable) -> Value {
    let mut link = person.expected();
    let members = link.as_object_mut().unwrap();
    members.retain(|name, _| ["title", "year", "semester"].contains(&name.as_str()));
    members.insert("fault".into(), Value::Null);
    link
}

fn shown(slots: &[(u16, Vec<usize>)]) -> Vec<Value> {
    let slots = slots.iter();
    slots
        .map(|(slot, free)| json!({"start": clock(*slot), "free": free.len(), "links": free}))
        .collect()
}
