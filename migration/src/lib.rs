//! causeway-migration
