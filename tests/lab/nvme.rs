//! NVMe drives, which only an emulated PC has: `tests/lab/nvme` runs these there, with a drive of one
//! namespace (NV1), one of two (NV2), and one that fails to erase itself (NV3).

use snowmelt::pure::erasure::OwnErasure;

use super::*;

#[test]
#[ignore = "needs a lab guest"]
fn a_drive_erases_itself_and_is_installed_on() {
    let device = wait(device("NV1"));
    mark(&device, "what-was-there");
    assert_eq!(far_away(&device), "what-was-there");
    wait(async {
        let mut installation = erasing("NV1", "firmware").await;
        let seen = Seen::default();
        let is_done = |update: &Update| started(update, StepId::TakeBlankSnapshot);
        let failure = cancelled_at(&mut installation, &seen, is_done).await;
        assert_eq!(
            (failure.code.as_str(), failure.step),
            (Failure::CANCELLED, Some(StepId::TakeBlankSnapshot))
        );
        assert_eq!(failure.left_over, Vec::<String>::new());
        assert!(seen.everything().contains("FormatNamespace"), "{}", seen.everything());
        assert_eq!(far_away(&device), "");
    });
    nothing_is_left("after it was cancelled");
}

#[test]
#[ignore = "needs a lab guest"]
fn a_drive_that_fails_to_erase_itself_ends_the_try() {
    wait(async {
        let mut installation = erasing("NV3", "firmware").await;
        // QEMU's drive answers nothing but “Format in progress” from then on, and so stands for one that
        // stays broken.
        for _ in 0..2 {
            let failure = fails(&mut installation, Seen::default().and(|_| {})).await;
            assert_eq!((failure.step, failure.retry), (Some(StepId::EraseDisk), true), "{failure:?}");
            assert!(failure.sentence.contains("Format NVM"), "{failure:?}");
            assert_eq!(failure.left_over, Vec::<String>::new());
        }
    });
}

#[test]
#[ignore = "needs a lab guest"]
fn a_namespace_is_told_from_its_sister_and_leaves_it_alone() {
    wait(async {
        let all = disks().await;
        let sisters: Vec<&Disk> =
            all.iter().filter(|disk| disk.identity.serial.as_deref() == Some("NV2")).collect();
        let [chosen, sister] = sisters.as_slice() else { panic!("{all:#?}") };
        assert_eq!(chosen.identity.size, sister.identity.size);
        assert!(find_disk(&all, "NV2").is_err(), "the drive's serial number names both");
        let own = |disk: &Disk| disk.erasable.own;
        assert_eq!((own(chosen), own(sister)), (None, None), "it might erase both");
        let alone = find_disk(&all, "NV1").expect("the guest has it");
        assert_eq!(own(alone), Some(OwnErasure::Nvme));

        let before = sectors_written(&sister.device);
        let name = chosen.identity.wwn.clone().expect("a namespace has one");
        let mut installation = installation(&name).await;
        assert_eq!(installation.job().plan.device, chosen.device);
        let is_made = |update: &Update| started(update, StepId::TakeBlankSnapshot);
        let failure = cancelled_at(&mut installation, &Seen::default(), is_made).await;
        assert_eq!(
            (failure.code.as_str(), failure.step),
            (Failure::CANCELLED, Some(StepId::TakeBlankSnapshot))
        );
        assert_eq!(sectors_written(&sister.device), before);
        assert_ne!(sectors_written(&chosen.device), "0");
    });
    nothing_is_left("after it was cancelled");
}
