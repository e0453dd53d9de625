//! The stand-in site.
