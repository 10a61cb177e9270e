using InstructKit.Diagnostics;
using InstructKit.Protocol;
using InstructKit.Sinks;
using InstructKit.Tasks.Yaml;

namespace InstructKit.Building;

/// <summary>Reads a plan from YAML. Paths in it are relative to the plan's folder.</summary>
public static class BuildPlanFile
{
    private static readonly string[] Assignments = ["one", "round-robin", "all"];
    private static readonly string[] FailOrSkip = ["fail", "skip"];

    /// <summary>Keys of a plan in order, for messages and the documentation.</summary>
    public static IReadOnlyList<string> Keys { get; } =
    [
        "tasks", "train", "task_files", "data", "out", "scheme", "hold_out", "keep_related", "seed", "templates", "caps", "shuffle", "variant", "layouts",
        "on_bad_row", "max_rejects", "on_missing", "format", "shard_bytes",
    ];

    /// <summary>Reads a plan file.</summary>
    /// <exception cref="DiagnosticException">Something in it is wrong (IK20xx); all findings at once.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static BuildPlan Load(string path) => Read(YamlFile.Load(path), Path.GetDirectoryName(Path.GetFullPath(path))!);

    /// <summary>Reads a plan.</summary>
    /// <param name="map">The YAML.</param>
    /// <param name="folder">What its paths are relative to.</param>
    /// <exception cref="DiagnosticException">Something in it is wrong (IK20xx); all findings at once.</exception>
    public static BuildPlan Read(YamlMap map, string folder)
    {
        List<Diagnostic> diagnostics = [];
        var form = new YamlForm(map, "A plan", diagnostics);
        var plan = new BuildPlan();
        plan = plan with
        {
            Tasks = Names(form, "tasks") is ["all"] or [] ? null : Names(form, "tasks"),
            Train = Names(form, "train") is { Count: > 0 } train ? train : null,
            TaskFolders = [.. Names(form, "task_files").Select(name => Path.Combine(folder, name))],
            Data = [.. Names(form, "data").Select(name => Path.Combine(folder, name))],
            Out = form.TakeScalar("out") is { } target ? Path.Combine(folder, target.Text) : plan.Out,
            Scheme = form.TakeScalar("scheme")?.Text,
            HoldOut = Names(form, "hold_out"),
            KeepRelated = form.TakeBoolean("keep_related") ?? plan.KeepRelated,
            Seed = form.TakeInteger("seed", long.MinValue, long.MaxValue) ?? plan.Seed,
            Shuffle = form.TakeBoolean("shuffle") ?? plan.Shuffle,
            Variant = form.TakeScalar("variant")?.Text,
            OnBadRow = (BadRowPolicy)(form.TakeChoice("on_bad_row", FailOrSkip) ?? (int)plan.OnBadRow),
            MaxRejects = form.TakeInteger("max_rejects", 0, long.MaxValue),
            OnMissing = (MissingDataPolicy)(form.TakeChoice("on_missing", FailOrSkip) ?? (int)plan.OnMissing),
            Format = (OutputFormat)(form.TakeChoice("format", OutputFormats.Names) ?? (int)plan.Format),
            ShardBytes = form.TakeInteger("shard_bytes", 1, long.MaxValue),
            Layouts = ReadLayouts(form),
        };
        plan = ReadTemplates(plan, form, diagnostics);
        plan = ReadCaps(plan, form, diagnostics);
        form.Finish();
        return diagnostics.Count > 0 ? throw new DiagnosticException(diagnostics) : plan;
    }

    private static List<string> Names(YamlForm form, string key) => [.. form.TakeScalars(key).Select(scalar => scalar.Text)];

    private static BuildPlan ReadTemplates(BuildPlan plan, YamlForm form, List<Diagnostic> diagnostics)
    {
        if (form.TakeMap("templates") is not { } map)
        {
            return plan;
        }

        var templates = new YamlForm(map, "'templates'", diagnostics);
        plan = plan with
        {
            Assign = (TemplateAssignment)(templates.TakeChoice("assign", Assignments) ?? (int)plan.Assign),
            FirstTemplates = (int?)templates.TakeInteger("first", 1, 1000),
            TurnedAround = templates.TakeBoolean("turned_around") ?? plan.TurnedAround,
        };
        templates.Finish();
        return plan;
    }

    private static BuildPlan ReadCaps(BuildPlan plan, YamlForm form, List<Diagnostic> diagnostics)
    {
        if (form.TakeMap("caps") is not { } map)
        {
            return plan;
        }

        var caps = new YamlForm(map, "'caps'", diagnostics);
        plan = plan with
        {
            MaxTrain = Cap(caps, "train", plan.MaxTrain),
            MaxValidation = Cap(caps, "validation", plan.MaxValidation),
            MaxHeldOut = Cap(caps, "held_out", plan.MaxHeldOut),
            MaxRate = caps.TakeInteger("rate", 1, long.MaxValue) ?? plan.MaxRate,
        };
        caps.Finish();
        return plan;
    }

    // `none` takes a cap away.
    private static long? Cap(YamlForm caps, string key, long? standard) =>
        caps.Take(key) is YamlScalar { Text: "none" } ? null : caps.TakeInteger(key, 0, long.MaxValue) ?? standard;

    private static Dictionary<string, string> ReadLayouts(YamlForm form)
    {
        Dictionary<string, string> layouts = new(StringComparer.Ordinal);
        foreach (var entry in form.TakeMap("layouts")?.Entries ?? [])
        {
            if (form.Scalars("layouts", entry.Value) is [var name])
            {
                layouts[entry.Key.Text] = name.Text;
            }
        }

        return layouts;
    }
}
