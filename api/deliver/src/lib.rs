//! causeway-deliver
