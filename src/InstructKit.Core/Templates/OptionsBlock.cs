namespace InstructKit.Templates;

/// <summary>The block of answer options in templates; <see cref="OptionsLayout"/> says what it looks like.</summary>
public static class OptionsBlock
{
    /// <summary>The name of the block in templates, then those that FLAN's own patterns have for it (<c>options_str</c> in ReCoRD's).</summary>
    public static IReadOnlyList<string> Names { get; } = ["options_block", "options_", "options_str"];
}
