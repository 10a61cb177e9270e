using InstructKit.Building.Plans;
using InstructKit.Formats;
using InstructKit.Formats.Training;
using InstructKit.Lengths;
using InstructKit.Tasks;

namespace InstructKit.Building.Selection;

/// <summary>A plan's view of examples as seen by a trainer, prepared for the workers: what is measured, and the ids in packed sequences.</summary>
internal sealed record TrainerView
{
    private const string NoToken = "none";
    private const int MaxNamed = 6;
    private const int MaxId = 1 << 24;

    /// <summary>What is measured.</summary>
    public required MeterSettings Meter { get; init; }

    /// <summary>True when lengths are columns and statistics; they are also measured for budgets and packing.</summary>
    public bool IsReported { get; init; }

    /// <summary>How examples are packed; it has no length if they are not packed.</summary>
    public required Packing Packing { get; init; }

    /// <summary>Padding id; null for none.</summary>
    public int? PadId { get; init; }

    /// <summary>One more than the largest id of sequences.</summary>
    public int IdLimit { get; init; }

    /// <summary>Unit of a plan's lengths.</summary>
    public static LengthUnit UnitOf(BuildPlan plan) => plan.Lengths ?? (plan.Tokenizer is null ? LengthUnit.None : LengthUnit.Tokens);

    /// <summary>True when examples are measured.</summary>
    public static bool Measures(BuildPlan plan) => UnitOf(plan) != LengthUnit.None || plan.Packing.Length is not null || plan.Budget.IsUsed;

    /// <summary>Checks for contradictory settings.</summary>
    public static void Check(BuildPlan plan, List<Diagnostic> wrong)
    {
        var packs = plan.Packing.Length is not null;
        if (plan.Tokenizer is null && (packs || plan.Lengths == LengthUnit.Tokens))
            wrong.Add(Wrong(packs ? "Packed sequences are token ids, and the plan names no tokenizer." : "Lengths in tokens need a tokenizer, and the plan names none.", $"Name one with --tokenizer: {string.Join(", ", Tokenizers.Names)}, or a file."));

        if (!packs && (plan.Packing != new Packing() || plan.SeparatorTokens.Count > 0))
            wrong.Add(Wrong("Mask, padding, window, separator ids and Megatron's files are of packed sequences, and the plan does not pack.", "Add --pack N, the number of tokens of a sequence.", (plan.Packing.Pad ?? (plan.SeparatorTokens is [var first, ..] ? first : null))?.Span));

        if (plan.EndToken is { } end && plan.Tokenizer is null) wrong.Add(Wrong("--eos-id is the token that ends a text, and the plan names no tokenizer.", "Name one with --tokenizer.", end.Span));
        if (!plan.Budget.IsUsed && plan.Budget != new LengthBudget()) wrong.Add(Wrong("The plan says what becomes of examples that are too long, and has no maximum length.", "Add --max-input, --max-target or --max-total."));

        if (packs && plan.Format.IsVerified) wrong.Add(Wrong($"The format '{plan.Format.Name}' has prompts alone, of which no sequences are made.", "Pack --format messages, text or prompt-completion."));
        else if (packs && plan.Format.Shape == TextShape.Turns && plan.ChatTemplate is null)
            wrong.Add(Wrong($"Packing '{plan.Format.Name}' needs the chat template that makes one text of the turns.", "Name it with --chat-template, or pack 'prompt-completion' or 'text'."));
    }

    /// <summary>The view of a resolved plan; null when nothing is measured.</summary>
    /// <exception cref="DiagnosticException">The tokenizer cannot be opened (IK290x), or an id is invalid (IK2023).</exception>
    public static TrainerView? Of(ResolvedPlan resolved, ITokenizer? tokenizer)
    {
        var plan = resolved.Plan;
        if (!Measures(plan)) return null;

        var output = resolved.Outputs[0];
        var packs = plan.Packing.Length is not null;
        var counts = packs || UnitOf(plan) != LengthUnit.Words ? tokenizer : null;
        var template = output.Format.Shape == TextShape.Turns || output.Format is TextFormat ? output.Settings.ChatTemplate : null;
        var end = counts is null ? null : EndOf(plan, counts, template is not null, packs);
        List<int> separators = [.. plan.SeparatorTokens.Select(name => IdOf(name, "--separator-id", counts!))]; // required for packed sequences
        var pad = plan.Packing.Pad is { } padding ? IdOf(padding, "--pad-id", counts!) : (int?)null;
        return new TrainerView
        {
            Meter = new MeterSettings
            {
                Tokenizer = counts,
                Shape = output.Format.Shape,
                Format = output.Settings,
                Template = template,
                HasTools = output.Plain.Schema.Columns.Any(column => column.Name == "tools"),
                HasEnd = end is not null,
                EndId = end ?? 0,
                SeparatorIds = separators,
                Encodes = packs,
            },
            IsReported = UnitOf(plan) != LengthUnit.None,
            Packing = plan.Packing,
            PadId = pad,
            IdLimit = counts is null ? 0 : separators.Append(pad ?? 0).Append(end ?? 0).Append(counts.IdLimit - 1).Max() + 1,
        };
    }

    /// <summary>Length limits of a slice's examples.</summary>
    /// <param name="scored">True for a slice that is scored: its reference answers are neither limited nor truncated.</param>
    public static FitRules RulesOf(BuildPlan plan, TaskDefinition task, bool scored)
    {
        var packing = plan.Packing.Length is not null && !scored ? plan.Packing : null;
        if (!plan.Budget.AppliesTo(scored)) return new FitRules { Packing = packing };

        return new FitRules
        {
            // The reference answers of scored examples have no maximum.
            Budget = scored ? plan.Budget with { MaxTarget = null } : plan.Budget,
            Cut = task.Cut,
            CutTarget = scored ? null : task.CutTarget,
            Packing = packing,
        };
    }

    // Counted as one token where its id does not matter; a chat template writes its own.
    private static int? EndOf(BuildPlan plan, ITokenizer tokenizer, bool isRendered, bool packs)
    {
        if (plan.EndToken is { } given) return given.Text == NoToken ? null : IdOf(given, "--eos-id", tokenizer);
        if (isRendered) return null;
        if (tokenizer.EndToken is { } own) return own;
        if (!packs) return 0;

        throw new DiagnosticException(Wrong(
            $"The tokenizer '{tokenizer.Name}' does not say which token ends a text, and packed examples need one between them.", $"Name it with --eos-id: an id, a special token ({Specials(tokenizer)}), or none.", plan.Tokenizer?.Span));
    }

    private static int IdOf(LocatedName name, string option, ITokenizer tokenizer)
    {
        if (int.TryParse(name.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id < MaxId) return id;
        if (tokenizer.SpecialTokens.TryGetValue(name.Text, out id)) return id;

        throw new DiagnosticException(Wrong(
            $"{option} takes a token id or a special token of '{tokenizer.Name}', found '{name.Text}'.", NearestName.Hint(name.Text, tokenizer.SpecialTokens.Keys) ?? $"It has {Specials(tokenizer)}.", name.Span));
    }

    private static string Specials(ITokenizer tokenizer) =>
        tokenizer.SpecialTokens.Count == 0 ? "none" : string.Join(", ", tokenizer.SpecialTokens.OrderBy(token => token.Value).Take(MaxNamed).Select(token => string.Create(CultureInfo.InvariantCulture, $"{token.Key} = {token.Value}")))
            + (tokenizer.SpecialTokens.Count > MaxNamed ? ", …" : string.Empty);

    private static Diagnostic Wrong(string message, string? hint = null, SourceSpan? span = null) => new(TaskCodes.BadSetting, Severity.Error, message, span) { Hint = hint };
}
