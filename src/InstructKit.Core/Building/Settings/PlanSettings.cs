using System.Text.Json;
using InstructKit.Building.EvaluationOutput;
using InstructKit.Building.Plans;
using InstructKit.Examples;
using InstructKit.Formats;
using InstructKit.Formats.Snippets;
using InstructKit.Lengths;
using InstructKit.Protocol;
using InstructKit.Sinks;
using InstructKit.Sources;
using InstructKit.Sources.Hub;
using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Yaml;

namespace InstructKit.Building.Settings;

/// <summary>One setting of a plan: everything about it in one place.</summary>
/// <param name="Key">Its key in a plan file, with a dot below a section (<c>caps.train</c>).</param>
/// <param name="Option">The option of <c>build</c> and <c>plan</c> that sets it; null when there is none.</param>
/// <param name="Help">One sentence for help, documentation and schema.</param>
/// <param name="Get">Its value, in the form that <see cref="SettingType.Write"/> accepts; null when unset.</param>
/// <param name="Set">Returns a plan with the value.</param>
internal sealed record PlanSetting(string Key, string? Option, SettingType Type, string Help, Func<BuildPlan, object?> Get, Func<BuildPlan, object, BuildPlan> Set)
{
    /// <summary>A short name of the option, or null.</summary>
    public string? Alias { get; init; }

    /// <summary>The option that switches a flag off, with its help; null when there is none.</summary>
    public (string Option, string Help)? Off { get; init; }

    /// <summary>True for what differs between machines, such as paths and threads: it is not in the manifest.</summary>
    public bool IsLocal { get; init; }

    /// <summary>False for settings only available on the command line.</summary>
    public bool InFile { get; init; } = true;

    /// <summary>The default as text, or null if there is none.</summary>
    public string? Default { get; init; }

    /// <summary>The section of a plan file that it is in; null at the top level.</summary>
    public string? Section => Key.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? Key[..dot] : null;

    /// <summary>Its key within its section.</summary>
    public string Name => Key[(Key.IndexOf('.', StringComparison.Ordinal) + 1)..];
}

/// <summary>The table of plan settings. It drives <see cref="BuildPlanFile"/>, the options of <c>build</c> and <c>plan</c>, the plan in the manifest, the
/// reference page (docs/plan.md) and the JSON Schema: a new setting is a property of <see cref="BuildPlan"/> and one entry here.</summary>
internal static class PlanSettings
{
    private static readonly string[] FailOrSkip = ["fail", "skip"];
    private static readonly string[] InstructionUses = ["full", "none", "name"];

    private static readonly WordsType<OptionsLayout> Layouts = new(
        [.. OptionsLayout.All.Select(layout => layout.Name), "drawn"], "NAME", word => word == "drawn" ? OptionsLayout.All : OptionsLayout.All.FirstOrDefault(layout => layout.Name == word) is { } found ? [found] : null, layout => layout.Name)
    {
        Listed = $"{string.Join(", ", OptionsLayout.All.Select(layout => layout.Name))}, drawn (all of them)",
        IsMostlyOne = true,
    };

    private static readonly WordsType<EvaluationWay> Ways = new(EvaluationWay.Names, "NAME", word => EvaluationWay.Find(word) is { } way ? [way] : null, way => way.Name)
    {
        Listed = $"{string.Join(", ", EvaluationWay.Names.SkipLast(1))} or few-shot-N",
        Last = "few-shot-N",
        Pattern = $"^({string.Join('|', EvaluationWay.Names.SkipLast(1))}|few-shot-[1-9][0-9]*)$",
    };

    /// <summary>Names of the orders of training examples.</summary>
    public static IReadOnlyList<string> TrainingOrders { get; } = ["shuffled", "source", "by-task", "interleaved", "curriculum"];

    /// <summary>All settings, in the order of documentation and help.</summary>
    public static IReadOnlyList<PlanSetting> All { get; } =
    [
        new("from", "--preset", new NameType("NAME"), "Plan to begin with: a preset (`plan --presets` lists them), or in a plan file the path of another one. What the plan says itself goes before it.",
            plan => plan.Preset, (plan, value) => plan with { Preset = (LocatedName)value }) { IsLocal = true },
        new("hold_out", "--hold-out", new NamesType("NAME"), "Clusters, tasks or a published split to hold out; 'none' to train on everything.",
            plan => plan.HoldOut, (plan, value) => plan with { HoldOut = [.. ((IReadOnlyList<LocatedName>)value).Where(name => name.Text != "none")] }),
        new("tasks", "--tasks", new NamesType("NAME", OwnTaskPath.Is), "Tasks or clusters that take part, or 'all'. A file or folder adds your own tasks and selects them.",
            plan => plan.Tasks ?? ["all"], WithTasks) { Default = "all" },
        new("train", "--train", new NamesType("NAME"), "Tasks or clusters to train on, and no others.",
            plan => plan.Train ?? ["all"], (plan, value) => plan with { Train = (IReadOnlyList<LocatedName>)value is [{ Text: "all" }] ? null : (IReadOnlyList<LocatedName>)value }) { Default = "all" },
        new("task_files", null, new NamesType("PATH", _ => true), "Task files, or folders of them, to add without selecting their tasks.",
            plan => plan.TaskFolders, (plan, value) => plan with { TaskFolders = [.. plan.TaskFolders, .. (IReadOnlyList<LocatedName>)value] }) { IsLocal = true },
        Flag("replace", "--replace", "Let tasks of your own replace shipped tasks of the same name.", plan => plan.Replace, (plan, value) => plan with { Replace = value }),
        new("data", "--data", new NamesType("DIR", path => path != HubCache.RootWord), "Folder with the data, or with one folder per task; 'hub' for what `fetch` downloaded. May be repeated.",
            plan => plan.Data, (plan, value) => plan with { Data = (IReadOnlyList<LocatedName>)value }) { Alias = "-d", IsLocal = true },
        new("out", "--out", new NameType("DIR", IsPath: true), "Output folder.",
            plan => new LocatedName(plan.Out), (plan, value) => plan with { Out = ((LocatedName)value).Text }) { Alias = "-o", IsLocal = true, Default = "out" },
        new("scheme", "--scheme", new NameType("NAME"), "Clusters of FLAN's 'paper' or of its 'code' (default: the first that knows the names).",
            plan => plan.Scheme, (plan, value) => plan with { Scheme = (LocatedName)value }),
        Flag("keep_related", "--keep-related", "Train on clusters that usually leave with the held-out one.", plan => plan.KeepRelated, (plan, value) => plan with { KeepRelated = value }),
        new("seed", "--seed", new NumberType(long.MinValue, long.MaxValue), "Seed of every random choice, from -2^63 to 2^63-1.",
            plan => plan.Seed, (plan, value) => plan with { Seed = (long)value }) { Default = "42" },
        new("order", "--order", new ChoiceType(TaskFile.Orders), "Order in which slices and caps take rows: seeded for a fair sample, or source for rows as they are in the files.",
            plan => (int)plan.Order, (plan, value) => plan with { Order = (RowOrder)(int)value }) { Default = "seeded" },
        new("templates.assign", "--templates", new ChoiceType(["one", "round-robin", "all"]), "Templates of a training row: one at random, one in turn, or all.",
            plan => (int)plan.Assign, (plan, value) => plan with { Assign = (TemplateAssignment)(int)value }) { Default = "one" },
        new("templates.first", "--first-templates", new NumberType(1, 1000), "Use only the first N templates of each task.",
            plan => (long?)plan.FirstTemplates, (plan, value) => plan with { FirstTemplates = (int)(long)value }),
        Flag("templates.inverted", null, "Train on templates that swap question and answer, too.", plan => plan.Inverted, (plan, value) => plan with { Inverted = value }) with
        {
            Off = ("--direct-only", "Train on direct templates only."),
        },
        new("templates.inverted_rate", "--inverted-rate", new NumberType(0, 100, AllowNone: true), "Percentage of a task's training examples that swap question and answer, where it has such templates; none for their share of all templates.",
            plan => new RowLimit(plan.InvertedRate), (plan, value) => plan with { InvertedRate = (int?)((RowLimit)value).Rows }) { Default = "none" },
        Flag("templates.baseline", "--baseline", "Evaluate held-out tasks with their prompts without instructions, as an untuned model is; a task without any keeps its templates.",
            plan => plan.Baseline, (plan, value) => plan with { Baseline = value }),
        new("templates.instructions", "--instructions", new ChoiceType(InstructionUses), "Instructions of training examples: those of the templates, none (the bare input and answer), or the name of task and dataset in brackets before the bare input.",
            plan => (int)plan.Instructions, (plan, value) => plan with { Instructions = (InstructionUse)(int)value }) { Default = "full" },
        new("templates.held_out", "--held-out-instructions", new ChoiceType(InstructionUses), "Instructions of held-out examples: those of the templates, none, or the name of task and dataset.",
            plan => (int)plan.HeldOutInstructions, (plan, value) => plan with { HeldOutInstructions = (InstructionUse)(int)value }) { Default = "full" },
        new("templates.rationale", "--rationale", new ChoiceType(["all", "only", "none"]), "Templates of tasks with a rationale: all, only those that print it (chain of thought), or those that do not.",
            plan => (int)plan.Rationale, (plan, value) => plan with { Rationale = (RationaleUse)(int)value }) { Default = "all" },
        new("options.show", "--options", new ChoiceType(["with", "without", "mixed"]), "Whether inputs show the answer options; mixed leaves them out of half of the examples, drawn at random.",
            plan => (int)plan.Options.Shown, (plan, value) => plan with { Options = plan.Options with { Shown = (OptionsShown)(int)value } }) { Default = "with" },
        new("options.layout", "--options-layout", Layouts, "Layout of the answer options, or several to draw from; where a layout labels the options, the target is the label.",
            plan => plan.Options.Layouts, (plan, value) => plan with { Options = plan.Options with { Layouts = (IReadOnlyList<OptionsLayout>)value } }) { Default = "released" },
        new("few_shot.exemplars", "--few-shot", new NumberType(0, FewShot.MaxExemplars), "Exemplars before each query, from the training slice of its task (FLAN: 1, 2, 3, 5, 10, 16).",
            plan => (long)plan.FewShot.Exemplars, (plan, value) => plan with { FewShot = plan.FewShot with { Exemplars = (int)(long)value } }) { Default = "0" },
        new("few_shot.number", "--few-shot-number", new ChoiceType(["exact", "up-to"]), "Whether every query gets this number of exemplars, or a number drawn from 1 up to it.",
            plan => plan.FewShot.UpTo ? 1 : 0, (plan, value) => plan with { FewShot = plan.FewShot with { UpTo = (int)value == 1 } }) { Default = "exact" },
        new("few_shot.draw", "--few-shot-draw", new ChoiceType(["random", "balanced", "fixed"]), "Draw exemplars at random, at random from every label as often, or once for all rows of a task.",
            plan => (int)plan.FewShot.Draw, (plan, value) => plan with { FewShot = plan.FewShot with { Draw = (ExemplarDraw)(int)value } }) { Default = "random" },
        new("few_shot.templates", "--few-shot-templates", new ChoiceType(["own", "query"]), "Render each exemplar under a template of its own, as FLAN does, or under that of the query.",
            plan => plan.FewShot.OwnTemplates ? 0 : 1, (plan, value) => plan with { FewShot = plan.FewShot with { OwnTemplates = (int)value == 0 } }) { Default = "own" },
        new("few_shot.style", "--few-shot-style", new ChoiceType(["plain", "flan", "template"]), "What stands between exemplars: line ends, FLAN's '0 … X 1 … X' and marker (around zero-shot inputs, too), or what the query's template says.",
            plan => (int)plan.FewShot.Style, (plan, value) => plan with { FewShot = plan.FewShot with { Style = (ExemplarStyle)(int)value } }) { Default = "plain" },
        new("few_shot.budget", "--few-shot-budget", new NumberType(1, int.MaxValue, AllowNone: true), "Maximum tokens (words without --tokenizer) of a query and its exemplars; the last exemplars are left out.",
            plan => new RowLimit(plan.FewShot.Budget), (plan, value) => plan with { FewShot = plan.FewShot with { Budget = ((RowLimit)value).Rows } }) { Default = "960" },
        new("few_shot.share", "--few-shot-share", new NumberType(0, 100), "Percentage of the examples that get exemplars, drawn at random; the others are zero-shot.",
            plan => (long)plan.FewShot.Share, (plan, value) => plan with { FewShot = plan.FewShot with { Share = (int)(long)value } }) { Default = "100" },
        new("few_shot.in", "--few-shot-in", new ChoiceType(["all", "train", "evaluation"]), "Splits that get exemplars: all, training and validation, or held-out and test.",
            plan => (int)plan.FewShot.Part, (plan, value) => plan with { FewShot = plan.FewShot with { Part = (SplitPart)(int)value } }) { Default = "all" },
        new("few_shot.on_empty", "--few-shot-on-empty", new ChoiceType(["keep", "drop"]), "Whether an example that is left without exemplars is kept (FLAN) or dropped (Flan 2022).",
            plan => plan.FewShot.DropsEmpty ? 1 : 0, (plan, value) => plan with { FewShot = plan.FewShot with { DropsEmpty = (int)value == 1 } }) { Default = "keep" },
        new("tokenizer", "--tokenizer", new NameType("NAME|FILE"), "Tokenizer in whose tokens lengths are counted: a name such as cl100k_base, or a file (default: words).",
            plan => plan.Tokenizer, (plan, value) => plan with { Tokenizer = (LocatedName)value }),
        new("lengths", "--lengths", new ChoiceType(["tokens", "words", "none"]), "What lengths of examples are counted in, as a trainer sees them: columns, quantiles and histograms (default: tokens with --tokenizer, otherwise none).",
            plan => (int?)plan.Lengths, (plan, value) => plan with { Lengths = (LengthUnit)(int)value }),
        new("eos", "--eos-id", new NameType("ID"), "Token that ends each example: an id, the text of a special token, or none (default: that of the tokenizer; none with --chat-template).",
            plan => plan.EndToken, (plan, value) => plan with { EndToken = (LocatedName)value }),
        new("separator_ids", "--separator-id", new NamesType("ID"), "With --pack: tokens between input and target in place of --separator, as ids or texts of special tokens.",
            plan => plan.SeparatorTokens.Count == 0 ? null : plan.SeparatorTokens, (plan, value) => plan with { SeparatorTokens = (IReadOnlyList<LocatedName>)value }),
        Length("budget.max_input", "--max-input", "Maximum length of an input as a trainer sees it, in tokens (words without --tokenizer); FLAN: 1024.", budget => budget.MaxInput, (budget, value) => budget with { MaxInput = value }),
        Length("budget.max_target", "--max-target", "Maximum length of a target, with the token that ends it; FLAN: 256. References of scored examples have none.", budget => budget.MaxTarget, (budget, value) => budget with { MaxTarget = value }),
        Length("budget.max_total", "--max-total", "Maximum length of input and target together.", budget => budget.MaxTotal, (budget, value) => budget with { MaxTotal = value }),
        new("budget.on_long", "--on-long", new ChoiceType(["drop", "cut", "keep"]), "What becomes of a longer example: it is dropped, what its task names under 'cut' and 'cut_target' is shortened until it fits, or it is kept; all are counted.",
            plan => (int)plan.Budget.OnLong, (plan, value) => plan with { Budget = plan.Budget with { OnLong = (OverBudget)(int)value } }) { Default = "drop" },
        new("budget.in", "--budget-in", new ChoiceType(["all", "train", "evaluation"]), "Splits that the maximum lengths are for: all, training and validation, or held-out and test.",
            plan => (int)plan.Budget.Part, (plan, value) => plan with { Budget = plan.Budget with { Part = (SplitPart)(int)value } }) { Default = "all" },
        new("pack.length", "--pack", new NumberType(2, 1 << 20), "Write training and validation examples as sequences of up to N tokens, several examples each: input_ids, labels, position_ids, segment_ids.",
            plan => (long?)plan.Packing.Length, (plan, value) => plan with { Packing = plan.Packing with { Length = (int)(long)value } }),
        new("pack.on_long", "--pack-long", new ChoiceType(["drop", "cut", "fail"]), "What becomes of an example that is longer than a sequence: it is dropped, its end is cut off, or its row is unusable.",
            plan => (int)plan.Packing.OnLong, (plan, value) => plan with { Packing = plan.Packing with { OnLong = (LongExamples)(int)value } }) { Default = "drop" },
        new("pack.mask", "--pack-mask", new ChoiceType(["labels", "loss_mask"]), "What says which tokens are trained on: labels (-100 elsewhere) or loss_mask (1 and 0).",
            plan => (int)plan.Packing.Mask, (plan, value) => plan with { Packing = plan.Packing with { Mask = (PackedMask)(int)value } }) { Default = "labels" },
        new("pack.pad", "--pad-id", new NameType("ID"), "Fill sequences up to their full length with this token: an id, or the text of a special token (default: no padding).",
            plan => plan.Packing.Pad, (plan, value) => plan with { Packing = plan.Packing with { Pad = (LocatedName)value } }),
        new("pack.window", "--pack-window", new NumberType(1, 10_000_000), "Number of examples among which packing chooses those that go together; memory grows with it.",
            plan => (long)plan.Packing.Window, (plan, value) => plan with { Packing = plan.Packing with { Window = (int)(long)value } }) { Default = "16384" },
        Flag("pack.megatron", "--megatron", "Write the packed sequences as Megatron-LM's .bin and .idx, too, below megatron/.",
            plan => plan.Packing.Megatron, (plan, value) => plan with { Packing = plan.Packing with { Megatron = value } }),
        Limit("caps.train", "--max-per-task", "Maximum number of training rows per task.", plan => plan.MaxTrain, (plan, value) => plan with { MaxTrain = value }),
        Limit("caps.validation", "--max-validation", "Maximum number of validation rows per task.", plan => plan.MaxValidation, (plan, value) => plan with { MaxValidation = value }),
        Limit("caps.held_out", "--max-held-out", "Maximum number of rows per held-out task.", plan => plan.MaxHeldOut, (plan, value) => plan with { MaxHeldOut = value }),
        Of("mixture.kind", "--mixture", new ChoiceType(["once", "rates", "draw"]), "Examples of each training task: every row once, min(rows, max_rate) an epoch as FLAN mixes, or a share of the total that 'draw' gives (default: rates when neither plan nor tasks of your own are named).",
            mixture => (int)(mixture.Kind ?? MixtureKind.Once), (mixture, value) => WithKind(mixture, (MixtureKind)(int)value)),
        Of("mixture.max_rate", "--max-rate", new NumberType(1, long.MaxValue), "Maximum mixing rate of a task.", mixture => mixture.MaxRate, (mixture, value) => mixture with { MaxRate = (long)value }) with { Default = "3000" },
        Of("mixture.epochs", "--epochs", new NumberType(1, 1_000_000), "Epochs of the rates, each with further rows and freshly drawn templates.", mixture => mixture.Epochs, (mixture, value) => mixture with { Kind = mixture.Kind ?? MixtureKind.Rates, Epochs = (long)value }) with { Default = "1" },
        Of("mixture.draw", "--draw", new NumberType(1, 1_000_000_000_000), "Draw this many training rows in all, divided by the rates.",
            mixture => mixture.Draw, (mixture, value) => mixture with { Kind = mixture.Kind ?? MixtureKind.Draw, Draw = (long)value }),
        Of("mixture.temperature", "--temperature", new DecimalType(), "Temperature of the rates: above 1, small tasks get more.", mixture => mixture.Temperature, (mixture, value) => mixture with { Kind = mixture.Kind ?? MixtureKind.Rates, Temperature = (decimal)value }) with { Default = "1" },
        Of("mixture.max_repeats", "--max-repeats", new NumberType(1, long.MaxValue), "How often a training row is used at most.", mixture => mixture.MaxRepeats, (mixture, value) => mixture with { Kind = mixture.Kind ?? MixtureKind.Rates, MaxRepeats = (long)value }),
        Of("mixture.weights", "--weight", new WeightsType(), "Factors of tasks and clusters in the mixture. May be repeated.",
            mixture => mixture.Weights.Count == 0 ? null : mixture.Weights, (mixture, value) => mixture with { Kind = mixture.Kind ?? MixtureKind.Rates, Weights = [.. mixture.Weights, .. (IReadOnlyList<MixtureWeight>)value] }),
        Of("mixture.groups", null, new MixtureGroupsType(), "Groups of tasks and clusters that divide the mixture by their weights; groups may be nested.",
            mixture => mixture.Groups.Count == 0 ? null : mixture.Groups, (mixture, value) => mixture with { Kind = mixture.Kind ?? MixtureKind.Rates, Groups = (IReadOnlyList<MixtureGroup>)value }),
        Flag("shuffle", "--shuffle", "Shuffle the training rows of all tasks.", plan => plan.Shuffle, (plan, value) => plan with { Shuffle = value }) with
        {
            Off = ("--no-shuffle", "Keep the training rows in the order of tasks and sources."),
        },
        new("training_order", "--training-order", new ChoiceType(TrainingOrders),
            "Order of the training examples: all tasks shuffled together, task after task as in the source or shuffled, spread evenly so that every prefix has each task's share to within one example, or a curriculum of lower before higher levels and larger tasks first.",
            plan => (int)plan.TrainingOrder, (plan, value) => plan with { TrainingOrder = (TrainingOrder)(int)value }) { Default = "shuffled" },
        new("mixing_width", "--mixing-width", new NumberType(0, 100), "How far neighbouring tasks of a curriculum overlap, in percent of all training examples.",
            plan => (long)plan.MixingWidth, (plan, value) => plan with { MixingWidth = (int)(long)value }) { Default = "5" },
        new("variant", "--variant", new NameType("NAME"), "Variant of the tasks that have it, such as as-released.",
            plan => plan.Variant, (plan, value) => plan with { Variant = (LocatedName)value }),
        new("layouts", "--layout", new LayoutsType(), "Layout in which a task's data must be. May be repeated.",
            plan => plan.Layouts.Count == 0 ? null : plan.Layouts, (plan, value) => plan with { Layouts = [.. plan.Layouts, .. (IReadOnlyList<ChosenLayout>)value] }),
        new("on_bad_row", "--on-bad-row", new ChoiceType(FailOrSkip), "Whether an unusable row ends the build or is skipped and recorded.",
            plan => (int)plan.OnBadRow, (plan, value) => plan with { OnBadRow = (BadRowPolicy)(int)value }) { Default = "fail" },
        new("max_rejects", "--max-rejects", new NumberType(0, long.MaxValue), "Maximum number of unusable rows to skip.",
            plan => plan.MaxRejects, (plan, value) => plan with { MaxRejects = (long)value }),
        new("on_leak", "--on-leak", new ChoiceType(["fail", "drop", "report"]), "Held-out rows in training: fail where a task has 5 % or more of a held-out task's rows and drop fewer, drop all, or train on them; all are counted.",
            plan => (int)plan.OnLeak, (plan, value) => plan with { OnLeak = (LeakPolicy)(int)value }) { Default = "fail" },
        new("on_missing", "--on-missing", new ChoiceType(FailOrSkip), "Whether a task without data ends the build or is skipped (default: fail; skip when neither plan nor option names tasks).",
            plan => (int)plan.OnMissing, (plan, value) => plan with { OnMissing = (MissingDataPolicy)(int)value }),
        new("in_task_test", "--in-task-test", new FlagType(), "Write the test slices of training tasks as a split of their own (default: when nothing is held out and all tasks are your own).",
            plan => plan.InTaskTest, (plan, value) => plan with { InTaskTest = (bool)value }) { Off = ("--no-in-task-test", "Leave out the test slices of training tasks.") },
        Flag("allow_empty", "--allow-empty", "Allow a build without training examples or without held-out examples.", plan => plan.AllowEmpty, (plan, value) => plan with { AllowEmpty = value }),
        new("format", "--format", new ChoiceType([.. ExampleFormats.All.Select(format => format.Name)]) { Moved = MovedFormat, Name = "FORMAT" }, $"Shape of an example: {Names(ExampleFormats.All.Select(format => format.Name))}.",
            plan => ExampleFormats.All.ToList().IndexOf(plan.Format), (plan, value) => plan with { Format = ExampleFormats.All[(int)value] }) { Default = "pair" },
        new("also", "--also", new WordsType<ExampleFormat>(ExampleFormats.All, "FORMAT", format => format.Name), "Write the same examples in these formats, too, below also/.",
            plan => plan.Also.Count == 0 ? null : plan.Also, (plan, value) => plan with { Also = (IReadOnlyList<ExampleFormat>)value }),
        new("container", "--container", new ChoiceType([.. OutputContainers.All.Select(container => container.Name)]) { Name = "CONTAINER" },
            $"How rows are stored: {Names(OutputContainers.All.Select(container => container.Name))} (default: jsonl, or what the format's readers expect).",
            plan => plan.Container is { } container ? OutputContainers.All.ToList().FindIndex(one => one.Name == container.Name) : null, (plan, value) => plan with { Container = OutputContainers.All[(int)value] }),
        new("snippets", "--snippet", new WordsType<TrainerSnippet>(TrainerSnippets.All, "TRAINER", snippet => snippet.Name),
            $"Write a ready configuration into snippets/, for {Names(TrainerSnippets.All.Select(snippet => snippet.Name))}.",
            plan => plan.Snippets.Count == 0 ? null : plan.Snippets, (plan, value) => plan with { Snippets = (IReadOnlyList<TrainerSnippet>)value }),
        new("register", "--register", new NameType("FILE", IsPath: true), "A dataset_info.json of your own into which LLaMA-Factory's entries for the build are merged.",
            plan => plan.Register, (plan, value) => plan with { Register = (LocatedName)value }) { IsLocal = true },
        new("columns", "--columns", new NamesType("COLUMN"), "The only columns to write, in this order.",
            plan => plan.Columns, (plan, value) => plan with { Columns = (IReadOnlyList<LocatedName>)value }),
        new("drop", "--drop", new NamesType("COLUMN"), "Columns to leave out.",
            plan => plan.Drop.Count == 0 ? null : plan.Drop, (plan, value) => plan with { Drop = (IReadOnlyList<LocatedName>)value }),
        new("with", "--with", new NamesType("COLUMN"), "Columns of the tasks to write as they are, as COLUMN or NAME=COLUMN; null for a task without them.",
            plan => plan.With.Count == 0 ? null : plan.With, (plan, value) => plan with { With = (IReadOnlyList<LocatedName>)value }),
        new("system", "--system", new TextType(), "System text before each conversation.", plan => plan.System, (plan, value) => plan with { System = (string)value }),
        new("chat_template", "--chat-template", new NameType("FILE", IsPath: true), "With the format text: render the turns by this chat template, a tokenizer_config.json or a file of Jinja; the column 'trained' has what is trained on.",
            plan => plan.ChatTemplate, (plan, value) => plan with { ChatTemplate = (LocatedName)value }) { IsLocal = true },
        new("separator", "--separator", new TextType(), "What joins input and target in prompt-completion and text; \\n is a line end. Its last spaces begin the completion, the rest ends the prompt.",
            plan => plan.Separator, (plan, value) => plan with { Separator = (string)value }) { Default = "\\n" },
        new("turns.train", "--train-turns", new ChoiceType(["marked", "all", "last"]), "Turns of conversations to train on: the model's but those that a row marks as not trained on, all of the model's, or its last one.",
            plan => (int)plan.Conversation.Training, (plan, value) => plan with { Conversation = plan.Conversation with { Training = (TurnTraining)(int)value } }) { Default = "marked" },
        new("turns.mark", "--turn-marks", new ChoiceType([.. TurnSettings.MarkNames, "none"]), "Key of each turn that says whether it is trained on (default: train for axolotl and weight for openai where there are conversations, else none).",
            plan => plan.TurnMark switch { null => null, "" => TurnSettings.MarkNames.Count, var mark => TurnSettings.MarkNames.ToList().IndexOf(mark) },
            (plan, value) => plan with { TurnMark = (int)value < TurnSettings.MarkNames.Count ? TurnSettings.MarkNames[(int)value] : string.Empty }),
        new("turns.reasoning", "--reasoning", new ChoiceType(["inline", "reasoning_content", "thinking", "drop"]), "Where the reasoning of conversations goes: between think tags in the text, under one of these keys, or nowhere (default: reasoning_content in messages and axolotl, inline elsewhere).",
            plan => (int?)plan.Reasoning, (plan, value) => plan with { Reasoning = (ReasoningForm)(int)value, Conversation = plan.Conversation with { DropsReasoning = (int)value == (int)ReasoningForm.Drop } }),
        new("turns.history", "--reasoning-history", new ChoiceType(["keep", "drop", "unroll"]), "Reasoning before the last question of a conversation: keep it, leave it out, or make an example of each question, with history without reasoning.",
            plan => (int)plan.Conversation.History, (plan, value) => plan with { Conversation = plan.Conversation with { History = (ReasoningHistory)(int)value } }) { Default = "keep" },
        new("line_breaks", "--line-breaks", new ChoiceType(["escape", "space", "drop"]), "Tabs and line ends in tab-separated lines (t5-tsv): escape them, write a space for each, or drop the example; both are counted.",
            plan => (int)plan.LineBreaks, (plan, value) => plan with { LineBreaks = (LineBreaks)(int)value }) { Default = "escape" },
        new("eval.write", "--eval", new FlagType(), "Write evaluation sets of the scored rows into eval/ (default: when something is held out).",
            plan => plan.Eval, (plan, value) => plan with { Eval = (bool)value }) { Off = ("--no-eval", "Write no evaluation sets.") },
        new("eval.also", "--eval-also", Ways, "Further ways of asking the scored rows, each in a tree of its own in eval/: zero-shot, few-shot-N, no-options, baseline (prompts without instructions), option-orders (the right option at every place).",
            plan => plan.EvalAlso.Count == 0 ? null : plan.EvalAlso, (plan, value) => plan with { EvalAlso = (IReadOnlyList<EvaluationWay>)value }),
        new("eval.format", "--eval-format", new ChoiceType([.. EvaluationFormats.All.Select(format => format.Name)]), "The tool that runs the evaluation sets; plain is the rows alone.",
            plan => EvaluationFormats.All.ToList().IndexOf(EvaluationFormats.Of(plan)), (plan, value) => plan with { EvalFormat = EvaluationFormats.All[(int)value].Name }) { Default = "lm-eval" },
        new("eval.root", "--eval-root", new NameType("DIR", IsPath: true), "Folder of the evaluation sets where they will be run, for absolute paths in them (default: paths relative to eval/).",
            plan => LocatedName.FromString(plan.EvalRoot), (plan, value) => plan with { EvalRoot = ((LocatedName)value).Text }) { IsLocal = true },
        new("eval.model", "--eval-model", new NameType("NAME"), "Model that batch requests ask for.",
            plan => LocatedName.FromString(plan.EvalModel), (plan, value) => plan with { EvalModel = ((LocatedName)value).Text }),
        new("shard_bytes", "--shard-size", new BytesType(), "Start a new output file after this many bytes of uncompressed JSON Lines, such as 500M; compressed files are smaller.",
            plan => plan.ShardBytes, (plan, value) => plan with { ShardBytes = (long)value }),
        new("limits.line_bytes", "--max-line-bytes", new BytesType(1 << 30), "Longest line, CSV record or JSON value, in bytes.",
            plan => (long)plan.Limits.MaxLineBytes, (plan, value) => plan with { Limits = plan.Limits with { MaxLineBytes = (int)(long)value } }) { Default = "64M" },
        new("limits.json_depth", "--max-json-depth", new NumberType(1, SourceLimits.DepthCeiling), "Deepest nesting of JSON.",
            plan => (long)plan.Limits.MaxJsonDepth, (plan, value) => plan with { Limits = plan.Limits with { MaxJsonDepth = (int)(long)value } }) { Default = "64" },
        new("limits.columns", "--max-columns", new NumberType(1, int.MaxValue), "Maximum number of columns of a header, or keys of a record.",
            plan => (long)plan.Limits.MaxColumns, (plan, value) => plan with { Limits = plan.Limits with { MaxColumns = (int)(long)value } }) { Default = "16384" },
        new("limits.archive_entries", "--max-archive-entries", new NumberType(1, int.MaxValue), "Maximum number of members of an archive.",
            plan => (long)plan.Limits.MaxArchiveEntries, (plan, value) => plan with { Limits = plan.Limits with { MaxArchiveEntries = (int)(long)value } }) { Default = "65536" },
        new("limits.compression_ratio", "--max-compression-ratio", new NumberType(1, int.MaxValue), "Maximum number of bytes that one compressed byte may become.",
            plan => (long)plan.Limits.MaxCompressionRatio, (plan, value) => plan with { Limits = plan.Limits with { MaxCompressionRatio = (int)(long)value } }) { Default = "200" },
        new("limits.unpacked_bytes", "--max-unpacked-bytes", new BytesType(), "Maximum number of bytes that one source unpacks.",
            plan => plan.Limits.MaxUnpackedBytes, (plan, value) => plan with { Limits = plan.Limits with { MaxUnpackedBytes = (long)value } }) { Default = "64G" },
        new("limits.buffer_bytes", "--max-buffer-bytes", new BytesType(SourceLimits.BufferBytesCeiling, SourceLimits.BufferBytesFloor), "Maximum memory for the pages of a Parquet file, in bytes.",
            plan => plan.Limits.MaxBufferBytes, (plan, value) => plan with { Limits = plan.Limits with { MaxBufferBytes = (long)value } }) { Default = "256M" },
        .. RepairChoices.Table.Select(row => new PlanSetting(
            row.Key, $"--{row.Key.Replace('_', '-')}", new ChoiceType([RepairChoices.RejectWord, row.Word]), row.Help,
            plan => plan.Repairs.WordOf(row.Repair) is { } word ? word == RepairChoices.RejectWord ? 0 : 1 : null,
            (plan, value) => plan with { Repairs = default(RepairChoices).With(row.Repair, (int)value == 1).Over(plan.Repairs) })),
        Flag("force", "--force", "Replace an earlier build in the output folder.", plan => plan.Force, (plan, value) => plan with { Force = value }) with { IsLocal = true, InFile = false },
        new("jobs", "--jobs", new NumberType(1, 1024), "Worker threads (default: one per processor). Does not change the output.",
            plan => (long)plan.Jobs, (plan, value) => plan with { Jobs = (int)(long)value }) { Alias = "-j", IsLocal = true, InFile = false },
    ];

    public static IEnumerable<PlanSetting> OfFile => All.Where(setting => setting.InFile);

    public static IEnumerable<PlanSetting> OfSection(string section) => All.Where(setting => setting.Section == section);

    /// <summary>The plan as a JSON object with the keys of a plan file without machine-dependent settings: given data, it can be run again.</summary>
    /// <param name="json">The writer, positioned at the value of a member.</param>
    public static void Write(Utf8JsonWriter json, BuildPlan plan)
    {
        json.WriteStartObject();
        string? section = null;
        foreach (var setting in OfFile.Where(setting => !setting.IsLocal))
        {
            if (setting.Section != section)
            {
                if (section is not null) json.WriteEndObject();

                section = setting.Section;
                if (section is not null) json.WriteStartObject(section);
            }

            json.WritePropertyName(setting.Name);
            if (setting.Get(plan) is { } value) setting.Type.Write(json, value);
            else json.WriteNullValue();
        }

        if (section is not null) json.WriteEndObject();

        json.WriteEndObject();
    }

    /// <summary>The JSON Schema (2020-12) of plan files, indented, with a final line feed.</summary>
    public static byte[] Schema() => JsonSchema.Write("InstructKit plan", json => json.Object("properties", () =>
    {
        foreach (var group in OfFile.GroupBy(setting => setting.Section ?? setting.Key, StringComparer.Ordinal))
        {
            if (group.First().Section is null) WriteSchema(json, group.First());
            else
            {
                json.Object(group.Key, () => JsonSchema.Object(json, () => json.Object("properties", () =>
                {
                    foreach (var setting in group) WriteSchema(json, setting);
                })));
            }
        }
    }));

    private static void WriteSchema(Utf8JsonWriter json, PlanSetting setting) => json.Object(setting.Name, () => setting.Type.WriteSchema(json.Put("description", setting.Help)));

    private static PlanSetting Flag(string key, string? option, string help, Func<BuildPlan, bool> get, Func<BuildPlan, bool, BuildPlan> set) =>
        new(key, option, new FlagType(), help, plan => get(plan), (plan, value) => set(plan, (bool)value)) { Default = get(new BuildPlan()) ? "true" : "false" };

    private static PlanSetting Of(string key, string? option, SettingType type, string help, Func<Mixture, object?> get, Func<Mixture, object, Mixture> set) =>
        new(key, option, type, help, plan => get(plan.Mixture), (plan, value) => plan with { Mixture = set(plan.Mixture, value) });

    // Settings of another kind come from a preset or a plan file that this one overrides.
    private static Mixture WithKind(Mixture mixture, MixtureKind kind) => kind == MixtureKind.Once
        ? new Mixture { Kind = kind, MaxRate = mixture.MaxRate }
        : mixture with { Kind = kind, Draw = kind == MixtureKind.Draw ? mixture.Draw : null };

    private static PlanSetting Length(string key, string option, string help, Func<LengthBudget, int?> get, Func<LengthBudget, int?, LengthBudget> set) =>
        new(key, option, new NumberType(1, int.MaxValue, AllowNone: true), help, plan => new RowLimit(get(plan.Budget)), (plan, value) => plan with { Budget = set(plan.Budget, (int?)((RowLimit)value).Rows) }) { Default = "none" };

    private static PlanSetting Limit(string key, string option, string help, Func<BuildPlan, long?> get, Func<BuildPlan, long?, BuildPlan> set) =>
        new(key, option, new NumberType(0, long.MaxValue, AllowNone: true), help, plan => new RowLimit(get(plan)), (plan, value) => set(plan, ((RowLimit)value).Rows))
        {
            Default = get(new BuildPlan())?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none",
        };

    // Names select tasks; a path adds the tasks of its files and selects them.
    private static BuildPlan WithTasks(BuildPlan plan, object value)
    {
        var given = (IReadOnlyList<LocatedName>)value;
        List<LocatedName> paths = [.. given.Where(name => OwnTaskPath.Is(name.Text))];
        List<LocatedName> names = [.. given.Except(paths), .. paths.SelectMany(path => OwnTaskPath.KeysOf(path.Text).Select(key => path with { Text = key }))];
        return plan with { TaskFolders = [.. plan.TaskFolders, .. paths], Tasks = names.Exists(name => name.Text == "all") ? null : names };
    }

    private static string Names(IEnumerable<string> names) => string.Join(", ", names);

    // Before containers were a separate setting, --format had both.
    private static string? MovedFormat(string where, string word) => !OutputContainers.All.Any(container => container.Name == word) ? null
        : where.StartsWith('-') ? $"{where} is the shape of an example and no longer its container: write --container {word}."
        : $"'{where}' is the shape of an example and no longer its container: write 'container: {word}'.";
}
