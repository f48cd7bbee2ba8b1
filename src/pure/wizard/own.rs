//! What the person types to be added to a list, judged before it is there.

use super::Wizard;
use crate::pure::answers::{Answers, ExtraSubvolume, persisted_path_among, validate};

/// A list of paths of the person's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Own {
    /// Directories.
    Directory,
    /// Files.
    File,
}

impl Own {
    /// The list.
    #[must_use]
    pub fn paths(self, answers: &Answers) -> &[String] {
        match self {
            Self::Directory => &answers.persist.directories,
            Self::File => &answers.persist.files,
        }
    }

    /// The list, to be changed.
    pub fn paths_mut(self, answers: &mut Answers) -> &mut Vec<String> {
        match self {
            Self::Directory => &mut answers.persist.directories,
            Self::File => &mut answers.persist.files,
        }
    }

    /// The key of the path at `index`.
    #[must_use]
    pub fn key(self, index: usize) -> String {
        match self {
            Self::Directory => format!("persist.directories[{index}]"),
            Self::File => format!("persist.files[{index}]"),
        }
    }
}

/// What is wrong with a subvolume.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SubvolumeProblems {
    /// With its name.
    pub name: Option<String>,
    /// With where it is mounted, or with what already is there.
    pub mountpoint: Option<String>,
}

impl Wizard {
    /// What speaks against adding `path` to the list.
    #[must_use]
    pub fn own_path_problem(&self, own: Own, path: &str) -> Option<String> {
        if let Err(sentence) = persisted_path_among(path, &self.answers) {
            return Some(sentence);
        }
        let mut answers = self.answers.clone();
        let key = own.key(own.paths(&answers).len());
        own.paths_mut(&mut answers).push(path.to_owned());
        problem_at(&answers, &key)
    }

    /// What speaks against adding `subvolume`.
    #[must_use]
    pub fn subvolume_problems(&self, subvolume: &ExtraSubvolume) -> SubvolumeProblems {
        let mut answers = self.answers.clone();
        let index = answers.filesystem.subvolumes.len();
        answers.filesystem.subvolumes.push(subvolume.clone());
        SubvolumeProblems {
            name: problem_at(&answers, &format!("filesystem.subvolumes[{index}].name")),
            mountpoint: problem_at(&answers, &format!("filesystem.subvolumes[{index}].mountpoint")),
        }
    }
}

fn problem_at(answers: &Answers, key: &str) -> Option<String> {
    validate(answers).into_iter().find(|problem| problem.key == key).map(|problem| problem.sentence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pure::machine::Machine;
    use crate::pure::size::GIB;

    fn wizard() -> Wizard {
        Wizard::new(Machine {
            uefi: true,
            memory: 4 * GIB,
            nixos_release: None,
            channel: None,
            nix_system: "x86_64-linux".to_owned(),
        })
    }

    #[test]
    fn a_path_is_judged_among_those_that_are_listed() {
        let mut wizard = wizard();
        assert_eq!(wizard.own_path_problem(Own::Directory, "/srv/games"), None);
        wizard.edit(|answers| Own::Directory.paths_mut(answers).push("/srv/games".to_owned()));
        for own in [Own::Directory, Own::File] {
            for path in ["/srv/games", "/srv/games/x", "/srv", "srv", "/home/ada", "/nix/x", "/etc/nixos", ""]
            {
                assert!(wizard.own_path_problem(own, path).is_some(), "{own:?} {path}");
            }
            assert_eq!(wizard.own_path_problem(own, "/srv/other"), None, "{own:?}");
        }
    }

    #[test]
    fn what_may_be_a_directory_is_no_file_when_something_is_kept_below_it() {
        let wizard = wizard();
        assert_eq!(wizard.own_path_problem(Own::Directory, "/var/lib/systemd"), {
            wizard.own_path_problem(Own::File, "/var/lib/systemd")
        });
        assert_eq!(wizard.own_path_problem(Own::Directory, "/var/db"), None);
        assert!(wizard.own_path_problem(Own::File, "/var/db").is_some(), "sudo’s directory is in it");
    }

    #[test]
    fn a_subvolume_is_judged_field_by_field() {
        let mut wizard = wizard();
        let games = ExtraSubvolume { name: "games".to_owned(), mountpoint: "/srv/games".to_owned() };
        assert_eq!(wizard.subvolume_problems(&games), SubvolumeProblems::default());
        wizard.edit(|answers| answers.filesystem.subvolumes.push(games.clone()));
        let twice = wizard.subvolume_problems(&games);
        assert!(twice.name.is_some() && twice.mountpoint.is_some(), "{twice:?}");
        let root = ExtraSubvolume { name: "root".to_owned(), mountpoint: "/srv/more".to_owned() };
        let taken = wizard.subvolume_problems(&root);
        assert!(taken.name.is_some() && taken.mountpoint.is_none(), "{taken:?}");
    }
}
