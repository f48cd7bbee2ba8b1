//! The keyboard layouts that the system knows, from xkeyboard-config's own list.

use std::path::{Path, PathBuf};

use roxmltree::{Document, Node, ParsingOptions};

use crate::i18n::gettext;
use crate::pure::keyboard::Layout;

/// Below the directory of rules: the list for the rules that the Linux kernel's input devices have.
const LIST: &str = "rules/evdev.xml";
/// Larger than any list there is, in bytes.
const LARGEST: u64 = 16 << 20;

/// The list can't be read.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {cause}")]
pub struct KeyboardError {
    path: String,
    cause: String,
}

impl KeyboardError {
    /// What went wrong, in one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        gettext("The list of keyboard layouts can’t be read.")
    }

    /// The technical cause.
    #[must_use]
    pub fn cause(&self) -> String {
        self.to_string()
    }

    /// What the person can do about it.
    #[must_use]
    pub fn next(&self) -> String {
        gettext("Go on with the US layout, or install the package “xkeyboard-config” and start again.")
    }
}

/// All layouts and variants, each layout before its variants, by the layouts' English descriptions.
///
/// # Errors
/// When there is no list, or it is no XML.
pub fn layouts() -> Result<Vec<Layout>, KeyboardError> {
    layouts_in(&root())
}

/// Where xkeyboard-config is: where its own variable says, where it was when Snowmelt was built, or
/// where a system has it.
fn root() -> PathBuf {
    let given = std::env::var_os("XKB_CONFIG_ROOT").map(PathBuf::from);
    let built = option_env!("SNOWMELT_XKB").map(|package| Path::new(package).join("share/X11/xkb"));
    let known = ["/run/current-system/sw/share/X11/xkb", "/etc/X11/xkb", "/usr/share/X11/xkb"];
    given
        .into_iter()
        .chain(built)
        .chain(known.map(PathBuf::from))
        .find(|root| root.join(LIST).is_file())
        .unwrap_or_else(|| PathBuf::from("/usr/share/X11/xkb"))
}

fn layouts_in(root: &Path) -> Result<Vec<Layout>, KeyboardError> {
    let path = root.join(LIST);
    let failed = |cause: String| KeyboardError { path: path.display().to_string(), cause };
    let size = std::fs::metadata(&path).map_err(|error| failed(error.to_string()))?.len();
    if size > LARGEST {
        return Err(failed(format!("{size} bytes are too many")));
    }
    let text = std::fs::read_to_string(&path).map_err(|error| failed(error.to_string()))?;
    let layouts = parse(&text).map_err(failed)?;
    if layouts.is_empty() {
        return Err(failed("there are no layouts in it".to_owned()));
    }
    Ok(layouts)
}

fn parse(text: &str) -> Result<Vec<Layout>, String> {
    // The list names its document type, which has no entities of its own.
    let options = ParsingOptions { allow_dtd: true, nodes_limit: 1 << 20, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| error.to_string())?;
    let mut groups: Vec<Vec<Layout>> = document
        .descendants()
        .filter(|node| node.has_tag_name("layout"))
        .filter_map(|node| {
            let base = layout(config_of(node)?, None)?;
            let variants = node
                .children()
                .filter(|child| child.has_tag_name("variantList"))
                .flat_map(|list| list.children().filter(|child| child.has_tag_name("variant")))
                .filter_map(|variant| layout(config_of(variant)?, Some(&base)));
            Some(std::iter::once(base.clone()).chain(variants.collect::<Vec<_>>()).collect())
        })
        .collect();
    groups.sort_by(|one: &Vec<Layout>, other| {
        let description = |group: &[Layout]| group.first().map(|layout| layout.description.clone());
        description(one).cmp(&description(other))
    });
    Ok(groups.into_iter().flatten().collect())
}

fn config_of<'a>(node: Node<'a, 'a>) -> Option<Node<'a, 'a>> {
    node.children().find(|child| child.has_tag_name("configItem"))
}

/// The layout, or the variant of `base`, that a `configItem` describes. A variant that names no
/// languages or countries has its layout's.
fn layout(item: Node<'_, '_>, base: Option<&Layout>) -> Option<Layout> {
    let text = |tag: &str| {
        let node = item.children().find(|child| child.has_tag_name(tag))?;
        node.text().map(|text| text.trim().to_owned())
    };
    let codes = |list: &str, tag: &str, inherited: Option<&Vec<String>>| -> Vec<String> {
        let list = item.children().find(|child| child.has_tag_name(list));
        let codes = list.into_iter().flat_map(|list| list.children());
        let codes: Vec<String> = codes
            .filter(|child| child.has_tag_name(tag))
            .filter_map(|child| child.text().map(|text| text.trim().to_owned()))
            .collect();
        if codes.is_empty() { inherited.cloned().unwrap_or_default() } else { codes }
    };
    let name = text("name")?;
    let (layout, variant) = match base {
        Some(base) => (base.layout.clone(), name),
        None => (name, String::new()),
    };
    let found = Layout {
        description: text("description").unwrap_or_else(|| layout.clone()),
        layout,
        languages: codes("languageList", "iso639Id", base.map(|base| &base.languages)),
        countries: codes("countryList", "iso3166Id", base.map(|base| &base.countries)),
        variant,
    };
    // A variant without a name would be its layout once more.
    (found.is_sound() && base.is_some() != found.variant.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST_TEXT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE xkbConfigRegistry SYSTEM "xkb.dtd">
<xkbConfigRegistry version="1.1"><modelList/><layoutList>
  <layout><configItem><name>us</name><!-- x --><description>English (US)</description>
      <languageList><iso639Id>eng</iso639Id></languageList></configItem>
    <variantList>
      <variant><configItem><name>chr</name><description>Cherokee</description>
        <languageList><iso639Id>chr</iso639Id></languageList></configItem></variant>
      <variant><configItem><name>dvorak</name><description>English (Dvorak)</description></configItem></variant>
      <variant><configItem><name>../evil</name></configItem></variant>
      <variant><configItem><name> </name></configItem></variant>
    </variantList></layout>
  <layout><configItem><name>al</name><description>Albanian</description></configItem><variantList/></layout>
  <layout><configItem><name>a,b</name></configItem></layout>
  <layout/>
</layoutList></xkbConfigRegistry>"#;

    #[test]
    fn layouts_come_with_their_variants() {
        let found = parse(LIST_TEXT).unwrap();
        let names: Vec<(&str, &str)> =
            found.iter().map(|layout| (layout.layout.as_str(), layout.variant.as_str())).collect();
        assert_eq!(names, [("al", ""), ("us", ""), ("us", "chr"), ("us", "dvorak")]);
        assert_eq!(found[2].languages, ["chr"]);
        assert_eq!(found[3].languages, ["eng"], "a variant has its layout's languages");
    }

    #[test]
    fn hostile_lists_are_errors_or_empty() {
        let bomb = format!(
            "<!DOCTYPE x [<!ENTITY a \"ha\">{}]><x>&j;</x>",
            ('b'..='j')
                .map(|c| {
                    let before = char::from_u32(u32::from(c) - 1).unwrap();
                    format!("<!ENTITY {c} \"{}\">", format!("&{before};").repeat(10))
                })
                .collect::<String>()
        );
        assert!(parse(&bomb).is_err(), "entities within entities");
        for bad in ["", "<", "<x>", "\0"] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
        let folder = tempfile::tempdir().unwrap();
        assert!(layouts_in(folder.path()).is_err());
        std::fs::create_dir(folder.path().join("rules")).unwrap();
        std::fs::write(folder.path().join(LIST), "<x/>").unwrap();
        let error = layouts_in(folder.path()).unwrap_err();
        assert!(error.cause().contains("no layouts") && error.cause().contains("evdev.xml"));
    }

    /// The list of the system that the tests run on, where it has one.
    #[test]
    fn the_systems_own_list_is_read_as_a_whole() {
        if !root().join(LIST).is_file() {
            return;
        }
        let found = layouts().unwrap();
        assert!(found.len() > 400, "only {} layouts", found.len());
        let has = |layout: &str, variant: &str| {
            found.iter().any(|known| known.layout == layout && known.variant == variant)
        };
        assert!(has("us", "") && has("de", "neo") && has("fr", "bepo"));
    }
}
