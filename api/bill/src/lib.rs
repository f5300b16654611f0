//! causeway-bill
