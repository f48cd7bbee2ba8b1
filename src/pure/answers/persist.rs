//! The rules of `[persist]`: which entries of the catalogue there are, and how paths stand to each
//! other.

use super::rules::{self, Verdict, is_at_or_below};
use super::{Answers, PersistAnswers, PersistModule, Problem};
use crate::i18n::{gettext, gettext_f};
use crate::pure::catalogue;
use crate::pure::plan::CONNECTIONS;

/// Every rule that `[persist]` breaks.
pub(super) fn problems(answers: &Answers) -> Vec<Problem> {
    let persist = &answers.persist;
    let mut problems = Vec::new();
    let mut check = |key: String, verdict: Verdict| {
        if let Err(sentence) = verdict {
            problems.push(Problem { key, place: None, sentence });
        }
    };
    for (index, id) in persist.with.iter().enumerate() {
        check(format!("persist.with[{index}]"), added(id, before(&persist.with, index)));
    }
    for (index, id) in persist.without.iter().enumerate() {
        let verdict = taken_out(id, before(&persist.without, index), &persist.with);
        check(format!("persist.without[{index}]"), verdict);
    }
    for (index, path) in persist.directories.iter().enumerate() {
        let mut others = persist.clone();
        others.directories = without(&persist.directories, index, path);
        others.files = without(&persist.files, 0, path);
        let verdict = below_the_rest(path, &others, answers);
        check(format!("persist.directories[{index}]"), verdict);
    }
    for (index, path) in persist.files.iter().enumerate() {
        let mut others = persist.clone();
        others.files = without(&persist.files, index, path);
        let verdict =
            below_the_rest(path, &others, answers).and_then(|()| no_directory(path, &others, answers));
        check(format!("persist.files[{index}]"), verdict);
    }
    home(&mut check, answers);
    check("persist.wifi".to_owned(), networks_survive(answers));
    if persist.module == PersistModule::Preservation {
        for (list, paths) in
            [("directories", &persist.directories), ("files", &persist.files), ("home", &persist.home)]
        {
            for (index, path) in paths.iter().enumerate() {
                check(format!("persist.{list}[{index}]"), plain_for_preservation(path));
            }
        }
    }
    problems
}

/// That networks which are taken along are still there after the first restart. A flake of the
/// person's decides that by itself.
fn networks_survive(answers: &Answers) -> Verdict {
    if !answers.persist.wifi || answers.configuration.own().is_some() {
        return Ok(());
    }
    let chosen = catalogue::chosen(&answers.persist, &answers.system);
    let kept = chosen.into_iter().flat_map(|entry| &entry.directories).map(|each| &each.path);
    if kept.chain(&answers.persist.directories).any(|base| is_at_or_below(CONNECTIONS, base)) {
        return Ok(());
    }
    Err(gettext(
        "The networks would be forgotten at the first restart. Let saved networks survive, or don’t take the live session’s along.",
    ))
}

/// What persists of a home, which is needed exactly where `/home` is rolled back.
fn home(check: &mut impl FnMut(String, Verdict), answers: &Answers) {
    let paths = &answers.persist.home;
    if answers.root.home && paths.is_empty() {
        let sentence = gettext(
            "Nothing in the home would survive a restart. List the directories in it that are to, or leave root.home out.",
        );
        check("persist.home".to_owned(), Err(sentence));
    }
    for (index, path) in paths.iter().enumerate() {
        let key = format!("persist.home[{index}]");
        if !answers.root.home {
            let sentence = gettext("All of /home survives, as it is not rolled back. Leave this out.");
            check(key, Err(sentence));
            continue;
        }
        check(key, rules::home_path(path).and_then(|()| beside(path, index, paths)));
    }
}

/// That a path means itself in tmpfiles.d(5), where preservation puts it between single quotes.
fn plain_for_preservation(path: &str) -> Verdict {
    if path.contains(['%', '\'']) {
        return Err(gettext(
            // xgettext:no-c-format
            "The module preservation can’t keep a path with % or ' in it. Choose impermanence, or another path.",
        ));
    }
    Ok(())
}

/// That a path of a home is no other one's part, and listed once.
fn beside(path: &str, index: usize, all: &[String]) -> Verdict {
    if before(all, index).iter().any(|other| other == path) {
        return Err(gettext("This path is listed already. Leave it out here."));
    }
    let within = |other: &&String| *other != path && is_at_or_below(path, other);
    match all.iter().find(within) {
        Some(base) => {
            Err(gettext_f("It survives with {base}, which is listed too. Leave this out.", &[("base", base)]))
        }
        None => Ok(()),
    }
}

/// A path that the person types, among all that is chosen already; `answers` do not hold it.
///
/// # Errors
/// When it can't survive, survives already, or holds a path that is listed already.
pub fn persisted_path_among(path: &str, answers: &Answers) -> Verdict {
    let persist = &answers.persist;
    below_the_rest(path, persist, answers)?;
    let listed = persist.directories.iter().chain(&persist.files);
    match listed.into_iter().find(|other| is_at_or_below(other, path)) {
        Some(other) => Err(gettext_f(
            "It holds {path}, which is listed already. Take that out first.",
            &[("path", other)],
        )),
        None => Ok(()),
    }
}

fn before(list: &[String], index: usize) -> &[String] {
    list.get(..index).unwrap_or_default()
}

/// The list without the path at `index`, and without the same path after it: the second of two is
/// the one that is wrong.
fn without(list: &[String], index: usize, path: &str) -> Vec<String> {
    let rest = list.iter().enumerate();
    rest.filter(|(at, other)| *at < index || *other != path).map(|(_, other)| other.clone()).collect()
}

fn known(id: &str) -> Verdict {
    match (catalogue::find(id), catalogue::nearest(id)) {
        (Some(_), _) => Ok(()),
        (None, Some(nearest)) => {
            Err(gettext_f("The catalogue has no such entry. Did you mean “{meant}”?", &[("meant", nearest)]))
        }
        (None, None) => Err(gettext(
            "The catalogue has no such entry; “snowmelt-cli catalogue” lists them. A path goes into directories or files.",
        )),
    }
}

fn once(id: &str, before: &[String]) -> Verdict {
    if before.iter().any(|other| other == id) {
        return Err(gettext("This entry is listed already. Leave it out here."));
    }
    Ok(())
}

fn added(id: &str, before: &[String]) -> Verdict {
    known(id)?;
    once(id, before)
}

fn taken_out(id: &str, before: &[String], with: &[String]) -> Verdict {
    known(id)?;
    once(id, before)?;
    if with.iter().any(|other| other == id) {
        return Err(gettext("This entry is added and taken out at once. Leave it out of one of the lists."));
    }
    catalogue::find(id).and_then(catalogue::Entry::required).map_or(Ok(()), Err)
}

/// That a path can survive, and doesn't survive already, where `others` is all else of `[persist]`.
fn below_the_rest(path: &str, others: &PersistAnswers, answers: &Answers) -> Verdict {
    rules::persisted_path(path)?;
    for subvolume in &answers.filesystem.subvolumes {
        if is_at_or_below(path, &subvolume.mountpoint) {
            return Err(gettext_f(
                "Everything in {base} survives anyway. Leave this out.",
                &[("base", &subvolume.mountpoint)],
            ));
        }
        if is_at_or_below(&subvolume.mountpoint, path) {
            return Err(gettext_f(
                "A subvolume is mounted below it, at {mountpoint}. Name the other places in it that are to survive.",
                &[("mountpoint", &subvolume.mountpoint)],
            ));
        }
    }
    if others.directories.iter().chain(&others.files).any(|other| other == path) {
        return Err(gettext("This path is listed already. Leave it out here."));
    }
    if let Some(around) = others.directories.iter().find(|other| is_at_or_below(path, other)) {
        return Err(gettext_f(
            "It survives with {base}, which is listed too. Leave this out.",
            &[("base", around)],
        ));
    }
    let keeps = |entry: &&'static catalogue::Entry| entry.paths().any(|base| is_at_or_below(path, base));
    if let Some(entry) = catalogue::chosen(others, &answers.system).into_iter().find(keeps) {
        return Err(gettext_f(
            "It survives already, as part of “{entry}”. Leave this out.",
            &[("entry", &entry.title())],
        ));
    }
    Ok(())
}

/// That nothing is to survive below what is said to be a file, where `others` is all else.
fn no_directory(path: &str, others: &PersistAnswers, answers: &Answers) -> Verdict {
    let paths = others.directories.iter().chain(&others.files).map(String::as_str);
    let chosen = catalogue::chosen(others, &answers.system);
    let mut all = paths.chain(chosen.iter().flat_map(|entry| entry.paths()));
    match all.find(|other| is_at_or_below(other, path)) {
        Some(other) => Err(gettext_f(
            "{path} is to survive too and lies below it, so this is a directory.",
            &[("path", other)],
        )),
        None => Ok(()),
    }
}
