//! What is kept between sessions, put back for the tenant it was kept of and for no other.

use crate::model::{App, Cmd};
use crate::resource;
use crate::route::Place;
use crate::store::Session;

impl App {
    /// Puts back what was kept of an owner, before it is known whose console this is; marks wait until it is.
    pub fn put_back(&mut self, owner: &str, session: Session) {
        owner.clone_into(&mut self.recalled);
        self.saved = session.saved;
        (self.drafts, self.history) = (session.drafts, session.history);
        for (name, sort) in session.sorts {
            if let Some(resource) = resource::named(&name) {
                self.list_of(resource).sort = Some(sort);
            }
        }
        self.kept_marks = session.marks;
        if owner == self.scope.owner() {
            self.mark_kept();
        }
    }

    /// The server said whose console it is.
    pub(super) fn owned(&mut self) {
        if self.scope.visiting {
            return;
        }
        if self.recalled == self.scope.owner() {
            self.mark_kept();
        } else {
            self.out.push(Cmd::Recall);
        }
    }

    /// Puts back what was kept of the tenant whose console it is, instead of another's.
    pub(super) fn recall(&mut self, session: Session) {
        let shown = match self.place() {
            Place::List { resource, .. } => Some(*resource),
            _ => None,
        };
        let sort = |app: &Self| shown.and_then(|name| app.lists.get(name)?.sort.clone());
        let before = sort(self);
        // What a guess put there goes; what one chose oneself meanwhile, in a console that knew of nobody, stays.
        if !self.recalled.is_empty() {
            for list in self.lists.values_mut() {
                (list.sort, list.anchor) = (None, None);
                list.marks.clear();
            }
        }
        let (owner, company) = (self.scope.owner().to_owned(), session.company.clone());
        self.put_back(&owner, session);
        if self.scope.company != company {
            self.limit_to(company);
        } else if let Some(name) = shown.filter(|_| sort(self) != before) {
            self.ask_list(name);
        }
        self.dirty = true;
    }

    fn mark_kept(&mut self) {
        for (name, marks) in std::mem::take(&mut self.kept_marks) {
            if let Some(resource) = resource::named(&name) {
                let list = self.list_of(resource);
                list.marks.extend(marks);
                list.count_unseen();
            }
        }
    }
}
