namespace InstructKit.Auditing.Linting;

/// <summary>The linter's rules. IK250x to IK252x check only the task file, IK253x and higher check rows.</summary>
public static class LintCodes
{
    /// <summary>A column or derived field that nothing reads.</summary>
    public static readonly LintRule UnusedColumn = new(
        "IK2501", "unused-column", Severity.Warning, "A canonical column or a derived field is read by no template, field, option, answer or condition.",
        "Every layout has to bring it for nothing, and a name that nothing reads is often a misspelling of one that should be read.");

    /// <summary>Two templates with nearly the same wording.</summary>
    public static readonly LintRule NearDuplicate = new(
        "IK2502", "near-duplicate-wording", Severity.Warning, "Two templates of one kind share most of their words in the same order.",
        "Instruction tuning gains from different ways of asking, not from synonyms in one sentence.");

    /// <summary>Trailing blank.</summary>
    public static readonly LintRule TrailingSpace = new(
        "IK2503", "trailing-space", Severity.Warning, "A line of a template ends in a blank, or the template does.",
        "Tokenizers join a blank to the next word, so a model learns to expect a blank that is not there.");

    /// <summary>More than one blank line in a row.</summary>
    public static readonly LintRule DoubledBlankLine = new(
        "IK2504", "doubled-blank-line", Severity.Warning, "There are two or more consecutive blank lines.",
        "It costs tokens and few-shot separators are made of blank lines.");

    /// <summary>White space around the whole text.</summary>
    public static readonly LintRule OuterSpace = new(
        "IK2505", "outer-white-space", Severity.Warning, "A template begins with white space or ends in a line end.",
        "The separators between input, target and exemplars belong to the format, not to the template.");

    /// <summary>A tab.</summary>
    public static readonly LintRule Tab = new(
        "IK2506", "tab", Severity.Warning, "A template's text has a tab.", "A reader cannot distinguish it from blanks, and tokenizers treat it differently.");

    /// <summary>A model's control token.</summary>
    public static readonly LintRule SpecialToken = new(
        "IK2507", "special-token", Severity.Warning, "A template has text that tokenizers take for a control token, such as <|im_end|>, </s> or [INST].",
        "It ends or restructures the example in the middle of its text.");

    /// <summary>A letter directly next to a placeholder.</summary>
    public static readonly LintRule GluedLetter = new(
        "IK2508", "glued-letter", Severity.Warning, "A single letter is stuck to a placeholder, as in {{ hypothesis }}n.",
        "It is what is left of a lost backslash-n (FLAN's templates have some).");

    /// <summary>A backslash and a letter instead of a line end.</summary>
    public static readonly LintRule LiteralEscape = new(
        "IK2509", "literal-escape", Severity.Warning, "A template's text has a backslash followed by n, r or t.",
        "YAML decodes escapes only between double quotes; elsewhere the model sees the two characters.");

    /// <summary>A placeholder in another notation.</summary>
    public static readonly LintRule SingleBraces = new(
        "IK2510", "single-braces", Severity.Warning, "A name is between single braces, as in {premise}.",
        "That is FLAN's notation; here it is printed unchanged.");

    /// <summary>Not ten templates.</summary>
    public static readonly LintRule TemplateCount = new(
        "IK2511", "template-count", Severity.Warning, "A task of the catalogue has fewer or more than ten templates (information only for a user's own task).",
        "FLAN uses ten per dataset, and the share of each depends on their number.");

    /// <summary>Too many inverted templates, or no direct one.</summary>
    public static readonly LintRule KindBalance = new(
        "IK2512", "kind-balance", Severity.Warning, "More than four templates are inverted, or none is direct.",
        "FLAN's paper allows up to three per dataset; evaluation uses direct templates only.");

    /// <summary>No metric.</summary>
    public static readonly LintRule NoMetrics = new(
        "IK2513", "no-metrics", Severity.Warning, "The task lists no metric.", "A held-out task without one cannot be scored.");

    /// <summary>No citation.</summary>
    public static readonly LintRule NoCitation = new(
        "IK2514", "no-citation", Severity.Info, "The task does not say what to cite.", "Dataset cards list the sources of a mixture.");

    /// <summary>The model cannot know the options.</summary>
    public static readonly LintRule OptionsMissing = new(
        "IK2515", "options-missing", Severity.Warning,
        "The answer is one of several options, and the input of a direct template shows neither the options nor what they are made of.",
        "Without them the model has to guess the words that count as right.");

    /// <summary>A kind that does not fit what the template reads.</summary>
    public static readonly LintRule KindMismatch = new(
        "IK2516", "kind-mismatch", Severity.Warning,
        "A template reads nothing of the row although its kind asks something about it, or it is called unconditional and reads the row.",
        "The first makes one input with many targets; the second is inverse or auxiliary.");

    /// <summary>The input reads the answer.</summary>
    public static readonly LintRule AnswerInInput = new(
        "IK2517", "answer-in-input", Severity.Warning, "The input of a direct template reads the answer.", "The question then holds its own answer.");

    /// <summary>No rows to check.</summary>
    public static readonly LintRule NoRows = new(
        "IK2530", "no-rows", Severity.Info, "No files of the task were found, so that only its file was looked at.", "What depends on rows was not checked.");

    /// <summary>No rows of a split are kept.</summary>
    public static readonly LintRule NothingKept = new(
        "IK2531", "nothing-kept", Severity.Warning, "The conditions drop every row that was read of a split.",
        "The layout's mapping probably yields something else than the conditions expect.");

    /// <summary>Rows that the task cannot use.</summary>
    public static readonly LintRule UnfitRow = new(
        "IK2532", "unfit-row", Severity.Warning,
        "A row does not fit the task: a column is missing or of another type, an expression fails, the answer is not among the options.",
        "A build stops there, or has to leave the row out.");

    /// <summary>A template fails.</summary>
    public static readonly LintRule TemplateFails = new(
        "IK2533", "template-fails", Severity.Error, "A template fails on a row.", "A build stops there, or has to leave the example out.");

    /// <summary>An input or a target is empty.</summary>
    public static readonly LintRule EmptyRender = new(
        "IK2534", "empty-render", Severity.Warning, "A template makes an empty input or target of a row, or one of only white space.",
        "A build drops such examples, so the template is used less than its share.");

    /// <summary>A target that equals no option.</summary>
    public static readonly LintRule TargetNotAnOption = new(
        "IK2535", "target-not-an-option", Severity.Error, "The target of a direct template is none of the row's options.",
        "Ranking the options then never finds the correct one.");

    /// <summary>A column that hides what the task derives under its name.</summary>
    public static readonly LintRule HiddenName = new(
        "IK2518", "hidden-name", Severity.Warning,
        "A column or derived field has the name of something that the task makes in another way: answer, answers, options or options_block.",
        "In templates the column wins, so a reader of the file may take it for the task's own value; another name for the column says what is meant.");

    /// <summary>The input reveals the answer.</summary>
    public static readonly LintRule AnswerLeak = new(
        "IK2536", "answer-leak", Severity.Warning, "The correct option occurs in the input more often than every other one, in nearly all rows.",
        "The label's text has leaked into the question.");

    /// <summary>The correct option is usually in the same position.</summary>
    public static readonly LintRule PositionBias = new(
        "IK2537", "position-bias", Severity.Info,
        "Among options that differ from row to row the correct one is in one position far more often than chance allows.",
        "A model can do well just by the position.");

    /// <summary>Options that never change.</summary>
    public static readonly LintRule ConstantOptions = new(
        "IK2538", "constant-options", Severity.Info, "The expression for the options yields the same list for every row.",
        "A fixed list says it more simply and lets the tool check answers without data.");

    /// <summary>A list or an object in a text.</summary>
    public static readonly LintRule PrintedStructure = new(
        "IK2541", "printed-structure", Severity.Warning, "A template prints a list or an object as a program would, such as ['a', 'b'] or {'role': 'user'}.",
        "The model learns brackets and quotation marks of a programming language; name the value's parts or join them.");

    /// <summary>The answer is always the same.</summary>
    public static readonly LintRule ConstantLabel = new(
        "IK2542", "constant-label", Severity.Warning, "All rows of a task with options have the same answer.",
        "There is nothing to learn but that answer; perhaps the wrong column is the answer, or a condition keeps one label only.");

    /// <summary>One input with two answers.</summary>
    public static readonly LintRule TwoAnswers = new(
        "IK2543", "two-answers", Severity.Warning, "Rows of a task with options have the same input and different answers.",
        "At least one of them is wrong, or a column that tells them apart is missing from the input.");

    /// <summary>A split without rows.</summary>
    public static readonly LintRule EmptySplit = new(
        "IK2544", "empty-split", Severity.Warning, "A split of the task has no rows: its files have none, or its slice is outside them.",
        "A build writes nothing for it.");

    /// <summary>Rows without a label.</summary>
    public static readonly LintRule NoLabel = new(
        "IK2545", "no-label", Severity.Warning, "Rows of a split have no label: it is missing, null or negative.",
        "A build drops and counts them as no_label; a test set without labels cannot be scored.");

    /// <summary>Two tasks read the same file.</summary>
    public static readonly LintRule SharedFile = new(
        "IK2546", "shared-file", Severity.Warning, "Two of the tasks that are checked together read one file.",
        "Training on one and holding out the other would train on held-out rows unless their slices are disjoint.");

    /// <summary>Rows of a split that are held out.</summary>
    public static readonly LintRule HeldOutRows = new(
        "IK2547", "held-out-rows", Severity.Info, "Training rows are among the rows that a build with the same --hold-out holds out.",
        "A build drops and counts them as in_held_out, and fails where they are many.");

    /// <summary>The answer cannot be extracted.</summary>
    public static readonly LintRule AnswerLost = new(
        "IK2550", "answer-lost", Severity.Warning,
        "The target of a direct template, treated as a model's output by the answer contract, is not extracted or does not score as correct.",
        "A model that answers as it was trained would then be marked wrong; see answer_format and extract.");

    /// <summary>A wrong answer scores as correct.</summary>
    public static readonly LintRule AnswerNotToldApart = new(
        "IK2551", "answer-not-told-apart", Severity.Warning,
        "A wrong option, or an empty text where there are no options, scores as much as the correct answer of a direct template.",
        "The score then says nothing about such rows.");

    /// <summary>All rules by code.</summary>
    public static IReadOnlyList<LintRule> All { get; } =
    [
        UnusedColumn, NearDuplicate, TrailingSpace, DoubledBlankLine, OuterSpace, Tab, SpecialToken, GluedLetter, LiteralEscape, SingleBraces,
        TemplateCount, KindBalance, NoMetrics, NoCitation, OptionsMissing, KindMismatch, AnswerInInput, HiddenName,
        NoRows, NothingKept, UnfitRow, TemplateFails, EmptyRender, TargetNotAnOption, AnswerLeak, PositionBias, ConstantOptions,
        PrintedStructure, ConstantLabel, TwoAnswers, EmptySplit, NoLabel, SharedFile, HeldOutRows, AnswerLost, AnswerNotToldApart,
    ];
}
