//! Which errors an operation may answer with: every one of its interface.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

use crate::http::onetime::Envelope;
use crate::http::problem::Problem;

/// Statuses of faults, the same on every interface, and when they come.
const STATUSES: [(&str, &str); 15] = [
    (
        "400",
        "No link, not a timetable link, a wrong parameter, or a body that cannot be read",
    ),
    ("401", "The key is missing or wrong"),
    ("403", "The timetable is not public"),
    ("404", "There is no such timetable, or none that term"),
    ("405", "Another method than the path takes"),
    ("408", "The body did not arrive in time"),
    ("413", "The body is too large"),
    ("415", "The body has a content type that is not taken"),
    (
        "421",
        "The service may not be asked by that name (Host); code `host_not_allowed`",
    ),
    (
        "429",
        "Too many requests, or too many wrong keys; see Retry-After",
    ),
    ("431", "Too many headers"),
    ("500", "Our own fault"),
    (
        "502",
        "The page cannot be read for certain, or the site refused or failed; with Retry-After where it is left alone for a while",
    ),
    (
        "503",
        "Busy, stopping, or without a browser; see Retry-After",
    ),
    ("504", "The site took too long"),
];

/// Errors under `/v1`: RFC 9457 problems.
pub(in crate::http) struct FullErrors;

impl IntoResponses for FullErrors {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        every_status("application/problem+json", &Problem::name())
    }
}

/// Errors of the OneTime interfaces: their envelope.
pub(in crate::http) struct EnvelopeErrors<C>(PhantomData<C>);

impl<C: ToSchema> IntoResponses for EnvelopeErrors<C> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        // As the schemas of generic types are named.
        let name = format!("{}_{}", Envelope::<C>::name(), C::name());
        every_status("application/json", &name)
    }
}

fn every_status(kind: &str, schema: &str) -> BTreeMap<String, RefOr<Response>> {
    let response = |description: &str| {
        let content = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name(schema)))
            .build();
        let response = ResponseBuilder::new().description(description);
        RefOr::T(response.content(kind, content).build())
    };
    STATUSES
        .into_iter()
        .map(|(status, description)| (status.to_owned(), response(description)))
        .collect()
}
