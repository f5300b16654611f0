//! causeway-tests
