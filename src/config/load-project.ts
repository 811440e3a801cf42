// Finds a project on disk: its functions, its static files, its configuration, and the rules that apply.

import { basename, resolve } from "node:path";
import type { Problem } from "../contract/problem.ts";
import { loadCausewayConfig } from "./causeway-config-load.ts";
import { checkKeys } from "./check-keys.ts";
import { loadDevVars } from "./load-dev-vars.ts";
import { loadPackageSettings, type PackageSettings } from "./package-settings.ts";
import type { Conventions, Project } from "./project.ts";
import {
  type DirectoryWishes,
  isDirectory,
  locateDirectories,
  type ProjectDirectories,
} from "./project-directories.ts";
import { readSettings, type Settings } from "./read-settings.ts";
import { loadSettingsFile } from "./settings-file.ts";
import { checkBindings } from "./unsupported-bindings.ts";

/** What a command line says about the project; everything else is found. */
export interface ProjectOptions extends DirectoryWishes {
  /** The project directory, absolute or relative to the working directory. */
  directory: string;
  /** `[env.NAME]` to apply. */
  environment?: string | undefined;
  /** Variables that win over all others. */
  bindings?: Record<string, string> | undefined;
  compatibilityDate?: string | undefined;
  /** Added to those of the configuration. */
  compatibilityFlags?: string[] | undefined;
}

/** Loads and checks a project. Without a `project` at least one problem is an error. */
export async function loadProject(
  options: ProjectOptions,
): Promise<{ project: Project | undefined; problems: Problem[] }> {
  const root = resolve(options.directory);
  if (!isDirectory(root)) return { project: undefined, problems: [notADirectory(options.directory)] };
  const { environment, bindings = {} } = options;
  const [file, own, dev, causeway] = await Promise.all([
    loadSettingsFile(root),
    loadPackageSettings(root),
    loadDevVars(root, environment),
    loadCausewayConfig(root),
  ]);
  const { settings, problems: settingProblems } = readSettings(file, environment);
  const directories = locateDirectories({ root, file, settings, wishes: options });
  const problems = [
    ...(file?.problems ?? []),
    ...settingProblems,
    ...checkBindings(file, environment),
    ...checkKeys(file),
    ...own.problems,
    ...dev.problems,
    ...causeway.problems,
    ...directories.problems,
    ...checkDirectoryIndexes(own.settings, settings),
    ...(causeway.file === undefined
      ? checkPresence(options.directory, directories, file !== undefined && file.value === undefined)
      : []),
  ];
  if (problems.some((problem) => problem.severity === "error")) return { project: undefined, problems };

  const conventions = selectConventions(settings, directories);
  const project: Project = {
    root,
    name: settings.name ?? own.settings.name ?? basename(root),
    functionsDir: directories.functionsDir,
    assetsDir: directories.assetsDir,
    configFile: file?.path,
    environment,
    conventions,
    main: directories.main,
    ...assetRules(settings, conventions, own.settings),
    vars: { ...settings.vars, ...bindings },
    devVars: { ...dev.values, ...bindings },
    compatibilityDate: options.compatibilityDate ?? settings.compatibilityDate,
    compatibilityFlags: [...new Set([...settings.compatibilityFlags, ...(options.compatibilityFlags ?? [])])],
    ...(settings.crons.length === 0 ? {} : { crons: settings.crons }),
    navigationFallbackOnly: own.settings.navigationFallbackOnly,
    immutableFingerprints: own.settings.immutableFingerprints,
    earlyHints: own.settings.earlyHints ?? conventions === "pages",
    ...(own.settings.assetStore === undefined ? {} : { assetStore: own.settings.assetStore }),
    ...(causeway.section === undefined ? {} : { routing: causeway.section }),
  };
  return { project, problems };
}

/**
 * `workers` for a project that Workers alone would serve: its configuration has `main` or `[assets]`, and it
 * has neither a functions directory nor `pages_build_output_dir`. A `main` that our own build writes does not
 * count, and with it `[assets]` only tells where the static files are. All else is `pages`.
 */
function selectConventions(settings: Settings, { functionsDir, main }: ProjectDirectories): Conventions {
  if (functionsDir !== undefined || settings.pagesBuildOutputDir !== undefined) return "pages";
  if (main !== undefined) return "workers";
  return settings.assets !== undefined && settings.main === undefined ? "workers" : "pages";
}

function assetRules(
  { assets }: Settings,
  conventions: Conventions,
  { directoryIndexes }: PackageSettings,
): Pick<Project, "assetsBinding" | "htmlHandling" | "notFound" | "runWorkerFirst"> {
  if (conventions === "pages") {
    return { assetsBinding: "ASSETS", htmlHandling: "pages", notFound: "pages", runWorkerFirst: true };
  }
  return {
    assetsBinding: assets?.binding ?? "ASSETS",
    htmlHandling: directoryIndexes ? "index" : (assets?.htmlHandling ?? "auto-trailing-slash"),
    notFound: assets?.notFound ?? "none",
    runWorkerFirst: assets?.runWorkerFirst ?? false,
  };
}

/** It completes one way of finding files; beside another it would have no meaning. */
function checkDirectoryIndexes({ directoryIndexes }: PackageSettings, { assets }: Settings): Problem[] {
  if (!directoryIndexes || assets?.htmlHandling === "none") return [];
  return [
    {
      severity: "error",
      code: "config-value",
      message: 'Cannot use "causeway.directoryIndexes": `html_handling` of [assets] is not "none"',
      file: "package.json",
      remedy: 'Set `html_handling = "none"` in the wrangler configuration, or remove the key.',
    },
  ];
}

/** An unreadable configuration is reported by itself: what it would have named is not missing. */
function checkPresence(directory: string, found: ProjectDirectories, unreadable: boolean): Problem[] {
  const { functionsDir, assetsDir, main, problems } = found;
  if (unreadable || [functionsDir, assetsDir, main].some((path) => path !== undefined)) return [];
  if (problems.some((problem) => problem.severity === "error")) return [];
  return [
    {
      severity: "error",
      code: "nothing-to-serve",
      message: `Cannot find a site in "${directory}": there is no functions/ and no static directory (public/)`,
      remedy:
        "Create public/index.html or functions/index.js, or name the directories with --assets and --functions.",
    },
  ];
}

function notADirectory(directory: string): Problem {
  return {
    severity: "error",
    code: "directory-missing",
    message: `Cannot open the project "${directory}": there is no such directory`,
    remedy: "Give the path of a directory that has functions/ or public/.",
  };
}
