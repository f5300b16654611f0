//! causeway-insight
