"""An inspector's site check on a phone: a task, a photograph, no network for a while, and the server has the very bytes."""

from __future__ import annotations

import hashlib

from playwright.sync_api import Browser, expect
from sqlalchemy import text

from layers import database
from layers.storage import Storage
from tests.journey.conftest import Site, sign_in
from tests.photographs import jpeg

LONG = 60_000
BUILDING = """
INSERT INTO illegal_buildings (code, status, source, area_m2, found_on, geom)
VALUES ('WJ-1', 'to_check', 'patrol', 60, '2023-06-18', ST_Multi(ST_MakeEnvelope(116.54, 31.76, 116.5402, 31.7602, 4490)))
"""
CHECK = """
SELECT c.conclusion, c.area_m2, ST_X(c.geom), p.sha256, p.claimed_sha256 FROM site_checks AS c
JOIN site_check_photographs AS j ON j.site_check_id = c.id JOIN photographs AS p ON p.id = j.photograph_id
"""
# What the page's caches hold besides the files of its build
KEPT = """async () => {
  const caught = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()))
  return caught.flat().map(({ url }) => new URL(url).pathname).filter((path) => !/^\\/(assets|field)\\//.test(path))
}"""
SHED = jpeg((116.5401, 31.7601), clock="2023:06:18 10:05:09", size=(800, 600))


def test_a_site_check_without_a_network_is_kept_over_a_reload_and_arrives_bit_for_bit(
    browser: Browser, site: Site
) -> None:
    with database.session(site.url) as session:
        session.execute(text(BUILDING))
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, base_url=site.address, locale="zh-CN",
        geolocation={"longitude": 116.541, "latitude": 31.7601, "accuracy": 8}, permissions=["geolocation"],
    )  # fmt: skip
    phone = context.new_page()
    faults: list[str] = []
    phone.on("pageerror", lambda error: faults.append(str(error)))
    phone.goto("/m")
    phone.get_by_test_id("view-tasks").click()
    sign_in(phone, "inspector")
    phone.get_by_test_id("sort").click()
    task = phone.get_by_test_id("task")
    expect(task).to_contain_text("85", timeout=LONG)  # metres west of where the phone is
    task.click()
    phone.get_by_test_id("shot-input").set_input_files(
        {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": SHED}
    )
    expect(phone.get_by_test_id("shot")).to_contain_text(hashlib.sha256(SHED).hexdigest()[:6])
    phone.get_by_test_id("conclusion-violation").check()
    phone.get_by_test_id("measure-length").fill("8")
    phone.get_by_test_id("measure-width").fill("4.5")
    phone.evaluate("navigator.serviceWorker.ready.then(() => null)")
    context.set_offline(True)
    phone.reload()  # the page opens without a network, and what was answered so far is still there
    expect(task).to_contain_text("85", timeout=LONG)
    expect(phone.get_by_test_id("stale")).to_contain_text("没有网络")
    task.click()
    expect(phone.get_by_test_id("measure-width")).to_have_value("4.5")
    phone.get_by_test_id("go").click()
    expect(phone.get_by_test_id("badge")).to_contain_text("1")
    context.set_offline(False)
    expect(phone.get_by_test_id("badge")).to_be_hidden(timeout=LONG)
    expect(phone.get_by_test_id("empty")).to_be_visible()
    phone.get_by_test_id("account").click()
    context.set_offline(True)
    phone.get_by_test_id("sign-out").click()
    expect(phone.get_by_test_id("sign-in-open")).to_be_visible()
    phone.reload()  # signed out without a network: the phone has forgotten who it was
    phone.get_by_test_id("view-tasks").click()
    expect(phone.get_by_test_id("sign-in-open")).to_be_visible(timeout=LONG)
    assert phone.evaluate(KEPT) == ["/m"]
    context.set_offline(False)
    phone.reload()  # and so has the server
    phone.get_by_test_id("view-tasks").click()
    expect(phone.get_by_test_id("sign-in-open")).to_be_visible(timeout=LONG)
    context.close()
    assert not faults
    digest = hashlib.sha256(SHED).hexdigest()
    with database.session(site.url) as session:
        conclusion, area, lon, *hashes = session.execute(text(CHECK)).one()
    assert (conclusion, float(area), hashes) == ("violation", 36.0, [digest, digest])
    assert lon == 116.541  # where the phone was
    assert Storage.of(site.settings).photograph(digest).read_bytes() == SHED
