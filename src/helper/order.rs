//! Which request may follow which.

use crate::pure::protocol::Request;

/// How far the conversation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing was said yet.
    New,
    /// The versions agree.
    Greeted,
    /// The devices are found and held.
    Opened,
    /// The new system is mounted.
    Mounted,
    /// Everything is unmounted and let go of.
    Closed,
}

impl Stage {
    /// Whether the request may be carried out now.
    pub(super) fn allows(self, request: &Request) -> bool {
        match request {
            Request::Hello { .. } => self == Self::New,
            Request::ReserveDisk { .. } | Request::DiscardDisk { .. } => self == Self::Greeted,
            Request::OpenTarget { .. } => matches!(self, Self::Greeted | Self::Closed),
            Request::SetKeyDerivation { .. }
            | Request::CreateSubvolumes { .. }
            | Request::TakeBlankSnapshot { .. }
            | Request::RehearseRollback { .. }
            | Request::MountTarget { .. } => self == Self::Opened,
            Request::MakeSwapFile { .. }
            | Request::LocateSwapFile
            | Request::DetectHardware
            | Request::WriteConfiguration { .. }
            | Request::PutFlakePart { .. }
            | Request::SeedPersist { .. }
            | Request::SetPassword { .. }
            | Request::InstallSystem { .. }
            | Request::CheckInstallation { .. }
            | Request::RehearseBoot { .. } => self == Self::Mounted,
            Request::CloseTarget => matches!(self, Self::Opened | Self::Mounted),
            Request::Cancel => self != Self::New,
        }
    }

    /// The stage after the request was carried out.
    pub(super) fn after(self, request: &Request) -> Self {
        match request {
            Request::Hello { .. } => Self::Greeted,
            Request::OpenTarget { .. } => Self::Opened,
            Request::MountTarget { .. } => Self::Mounted,
            Request::CloseTarget | Request::Cancel => Self::Closed,
            Request::ReserveDisk { .. }
            | Request::DiscardDisk { .. }
            | Request::SetKeyDerivation { .. }
            | Request::CreateSubvolumes { .. }
            | Request::TakeBlankSnapshot { .. }
            | Request::MakeSwapFile { .. }
            | Request::LocateSwapFile
            | Request::DetectHardware
            | Request::WriteConfiguration { .. }
            | Request::PutFlakePart { .. }
            | Request::SeedPersist { .. }
            | Request::SetPassword { .. }
            | Request::InstallSystem { .. }
            | Request::CheckInstallation { .. }
            | Request::RehearseRollback { .. }
            | Request::RehearseBoot { .. } => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installation_goes_through_in_order_and_nothing_comes_too_early() {
        let order = [
            Request::Hello { protocol: 1 },
            Request::OpenTarget {
                disk: crate::pure::disk::DiskIdentity {
                    wwn: None,
                    serial: None,
                    vendor: String::new(),
                    model: String::new(),
                    size: 0,
                },
                volume: crate::pure::protocol::VolumeId::Luks(uuid::Uuid::nil()),
                esp: uuid::Uuid::nil(),
            },
            Request::CreateSubvolumes { subvolumes: Vec::new() },
            Request::TakeBlankSnapshot { replaced: Vec::new() },
            Request::MountTarget { subvolumes: Vec::new(), compression_level: None, memory_root: None },
            Request::DetectHardware,
            Request::WriteConfiguration { files: Vec::new() },
            Request::InstallSystem { host_name: None, doubted: false },
            Request::CloseTarget,
        ];
        let mut stage = Stage::New;
        for (place, request) in order.iter().enumerate() {
            assert!(stage.allows(request), "{request:?} at {stage:?}");
            stage = stage.after(request);
            // Once closed, the devices may be opened again.
            for earlier in order[..2.min(place)].iter().filter(|_| stage != Stage::Closed) {
                assert!(!stage.allows(earlier), "{earlier:?} again at {stage:?}");
            }
        }
        assert_eq!(stage, Stage::Closed);
        let again: Vec<&Request> = order.iter().filter(|request| stage.allows(request)).collect();
        assert!(matches!(again[..], [Request::OpenTarget { .. }]), "{again:?}");
        for request in &order[1..] {
            assert!(!Stage::New.allows(request), "{request:?} without a greeting");
        }
        for request in &order[5..8] {
            assert!(!Stage::Opened.allows(request), "{request:?} with nothing mounted");
        }
    }
}
