#![allow(clippy::all, missing_docs, clippy::unwrap_used)]
use tests::{Users, World};
#[test]
fn probe() {
    for seed in 1..400u64 {
        let world = World::new(seed, 40);
        let mut users = Users::new(seed);
        world.initial_sync().unwrap();
        for c in 0..10 {
            for _ in 0..4 {
                let before = world.ac.borrow().relatie("1002").unwrap().current().clone();
                let edited = users.edit(&world);
                let after = world.ac.borrow().relatie("1002").unwrap().current().clone();
                if seed == SEED && before.fields() != after.fields() { println!("cycle {c} AC {:?}", after.fields()["adressen"][0]); println!("{:?}", after.fields()["status"]) }
                let id = world.address_in_tribe("ac:12345:relatie:1002", "VisitingAddress");
                if seed == SEED && edited.as_deref() == Some(&id) { let t = world.tribe.borrow(); let e = t.entity(id.parse().unwrap()).unwrap(); println!("cycle {c} Tribe {} {} {} {}", e.text("Street"), e.text("HouseNumber"), e.text("HouseNumberSuffix"), e.text("City")); }
                world.wait(std::time::Duration::from_secs(7));
                if let Some(id) = edited.filter(|_| seed.is_multiple_of(2)) { world.push(&[&id]).unwrap(); }
            }
            let cy = world.poll().unwrap();
            if seed == SEED { println!("{:?}", cy.notes); let id = world.address_in_tribe("ac:12345:relatie:1002", "VisitingAddress"); let t = world.tribe.borrow(); let e = t.entity(id.parse().unwrap()).unwrap(); println!("  after cycle {c} Tribe {} {} {} {}", e.text("Street"), e.text("HouseNumber"), e.text("HouseNumberSuffix"), e.text("City")); println!("  after cycle {c} AC {:?}", world.ac.borrow().relatie("1002").unwrap().current().fields()["adressen"][0]);}
        }
        world.wait(std::time::Duration::from_secs(30*60));
        for _ in 0..3 {world.poll().unwrap();}
        if !world.compare().is_equal() { println!("SEED {seed}\n{}", world.compare()); }
    }
}
const SEED: u64 = 0;
