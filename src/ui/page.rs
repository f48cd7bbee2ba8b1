//! What a page is to the window.

use std::fmt;
use std::rc::Rc;

use relm4::gtk::prelude::*;
use relm4::prelude::*;

use crate::pure::answers::Answers;
use crate::pure::secret::Secret;
use crate::pure::wizard::{Page, SecretState, Wizard};

/// What the window tells a page.
#[derive(Debug, Clone)]
pub(super) enum Show {
    /// The page is about to be seen: everything on it is set from this state.
    Enter(Rc<Wizard>),
    /// The state has changed while the page is seen. A field that the person types in must not be
    /// set now: what they have typed since would be lost.
    Changed(Rc<Wizard>),
}

/// What a page tells the window.
#[derive(Debug)]
pub(super) enum Said {
    /// Answers change.
    Edit(Edit),
    /// The disk at this UDisks2 object is chosen, or none.
    Choose(Option<String>),
    /// How far the passphrase has come; it is there when it is ready.
    Passphrase(SecretState, Option<Secret>),
    /// How far the password has come; it is there when it is ready.
    Password(SecretState, Option<Secret>),
    /// The disks are to be looked for again.
    LookAgain,
    /// Another page is to be gone to.
    GoTo(Page),
    /// The interface is to be in this language, by its name in `po/LINGUAS`.
    Language(String),
    /// A short notice, shown over whatever page there is.
    Notice(String),
}

/// A change of the answers.
pub(super) struct Edit(Box<dyn FnOnce(&mut Answers)>);

impl Edit {
    /// Carries the change out.
    pub(super) fn apply(self, answers: &mut Answers) {
        (self.0)(answers);
    }
}

impl fmt::Debug for Edit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Edit")
    }
}

impl Said {
    /// A change of the answers.
    pub(super) fn edit(change: impl FnOnce(&mut Answers) + 'static) -> Self {
        Self::Edit(Edit(Box::new(change)))
    }
}

/// A page's component, whichever it is.
pub(super) trait Content {
    /// What is put into the page's frame.
    fn widget(&self) -> gtk::Widget;
    /// Tells it something.
    fn show(&self, show: Show);
}

impl<C> Content for Controller<C>
where
    C: Component,
    C::Input: From<Show>,
    C::Root: IsA<gtk::Widget>,
{
    fn widget(&self) -> gtk::Widget {
        ComponentController::widget(self).clone().upcast()
    }

    fn show(&self, show: Show) {
        self.emit(show.into());
    }
}

/// Starts a page's component.
pub(super) fn start<C>(init: C::Init, said: &relm4::Sender<Said>) -> Box<dyn Content>
where
    C: Component<Output = Said>,
    C::Input: From<Show>,
    C::Root: IsA<gtk::Widget> + AsRef<gtk::Widget>,
{
    Box::new(C::builder().launch(init).forward(said, |said| said))
}
