//! causeway-entity
