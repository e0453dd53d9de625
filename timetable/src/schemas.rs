//! JSON schemas of the types that validate themselves. The structs derive theirs.

use std::borrow::Cow;

use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::render::ical::Detail;
use super::share_link::Identifier;
use super::slots::Granularity;
use super::time::TimeOfDay;

fn text(pattern: &str) -> RefOr<Schema> {
    let builder = ObjectBuilder::new().schema_type(Type::String);
    schema(builder.pattern(Some(pattern)).build())
}

fn schema(object: Object) -> RefOr<Schema> {
    RefOr::T(Schema::Object(object))
}

impl PartialSchema for Identifier {
    fn schema() -> RefOr<Schema> {
        text("^[A-Za-z0-9]{20}$")
    }
}

impl ToSchema for Identifier {
    fn name() -> Cow<'static, str> {
        "Identifier".into()
    }
}

impl PartialSchema for TimeOfDay {
    fn schema() -> RefOr<Schema> {
        text("^(([01][0-9]|2[0-3]):[0-5][05]|24:00)$")
    }
}

impl ToSchema for TimeOfDay {
    fn name() -> Cow<'static, str> {
        "TimeOfDay".into()
    }
}

impl PartialSchema for Granularity {
    fn schema() -> RefOr<Schema> {
        let builder = ObjectBuilder::new().schema_type(Type::Integer);
        schema(builder.enum_values(Some([5, 10, 15, 30, 60])).build())
    }
}

impl ToSchema for Granularity {
    fn name() -> Cow<'static, str> {
        "Granularity".into()
    }
}

impl PartialSchema for Detail {
    fn schema() -> RefOr<Schema> {
        let builder = ObjectBuilder::new().schema_type(Type::String);
        schema(builder.enum_values(Some(["full", "busy"])).build())
    }
}

impl ToSchema for Detail {
    fn name() -> Cow<'static, str> {
        "Detail".into()
    }
}
