import { ActionIcon, Burger, Menu, useMantineColorScheme } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Notifications } from "@mantine/notifications";
import { ApiError } from "@sweepyard/client";
import {
  IconDeviceDesktop,
  IconLogout,
  IconMoon,
  IconSettings,
  IconSun,
  IconUserCircle,
} from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { reportFailure } from "../api/actions.js";
import { client } from "../api/client.js";
import { meQuery } from "../api/queries.js";
import { OVERLAYS_ID } from "../theme.js";
import { Answer } from "./Answer.js";
import { LiveBadge } from "./LiveBadge.js";
import { Logo } from "./Logo.js";
import { HEADER_PAGES } from "./pages.js";
import { SearchPalette } from "./SearchPalette.js";
import styles from "./Shell.module.css";
import { SignIn } from "./SignIn.js";
import { useFollow } from "./useLive.js";

/** What is around every page; without a session it is the sign-in page instead. */
export function Shell() {
  const me = useQuery(meQuery());
  const isRefused = me.error instanceof ApiError && me.error.status === 401;
  const isFollowing = useFollow(!isRefused);

  if (isRefused) return <SignIn />;
  return (
    <>
      {/* In here and not beside the router, since what it shows may link to pages. */}
      <Notifications position="bottom-right" />
      <a href="#content" className={styles.skip}>
        Skip to the content
      </a>
      <Header project={me.data?.project.name ?? ""} keyName={me.data?.key.name ?? ""} />
      <main id="content" className={styles.content}>
        <Answer query={me} height={400}>
          {() => (isFollowing ? <Outlet /> : null)}
        </Answer>
        <div id={OVERLAYS_ID} />
      </main>
    </>
  );
}

function Header(props: { readonly project: string; readonly keyName: string }) {
  const [isOpen, { toggle, close }] = useDisclosure(false);
  return (
    <header className={styles.header}>
      <Burger
        className={styles.burger}
        opened={isOpen}
        onClick={toggle}
        size="sm"
        aria-label="pages"
        aria-expanded={isOpen}
      />
      <Link to="/" className={styles.home} aria-label="Sweepyard">
        <Logo />
      </Link>
      <nav className={styles.nav} data-open={isOpen || undefined} aria-label="Pages">
        {HEADER_PAGES.map(([to, label]) => (
          <Link
            key={to}
            to={to}
            className={styles.page}
            onClick={close}
            activeOptions={{ exact: to === "/" }}
          >
            {label}
          </Link>
        ))}
      </nav>
      <div className={styles.end}>
        <SearchPalette />
        <LiveBadge />
        <span className={styles.project} title={`project ${props.project}`}>
          {props.project}
        </span>
        <SchemeButton />
        <AccountMenu keyName={props.keyName} />
      </div>
    </header>
  );
}

function SchemeButton() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const next = { auto: "light", light: "dark", dark: "auto" } as const;
  const Icon = { auto: IconDeviceDesktop, light: IconSun, dark: IconMoon }[colorScheme];
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      onClick={() => setColorScheme(next[colorScheme])}
      title={`colours: ${colorScheme}`}
      aria-label={`colours: ${colorScheme}; change to ${next[colorScheme]}`}
    >
      <Icon size={18} />
    </ActionIcon>
  );
}

function AccountMenu({ keyName }: { readonly keyName: string }) {
  const cache = useQueryClient();
  const logOut = useMutation({
    mutationFn: () => client.session.logOut(),
    onSuccess: () => cache.resetQueries(),
    onError: reportFailure("To log out"),
  });
  return (
    <Menu position="bottom-end" withArrow>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label="account">
          <IconUserCircle size={20} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Signed in with the key “{keyName}”</Menu.Label>
        <Menu.Item
          leftSection={<IconSettings size={15} />}
          renderRoot={(rest) => <Link to="/settings" {...rest} />}
        >
          Settings and API keys
        </Menu.Item>
        <Menu.Item component="a" href="/docs" target="_blank">
          API documentation
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={15} />} onClick={() => logOut.mutate()}>
          Log out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
