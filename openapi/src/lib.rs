//! causeway-openapi
