namespace InstructKit.Authoring.Importing.NaturalInstructions;

/// <summary>A task file of Super-NaturalInstructions.</summary>
internal sealed record NaturalInstructionsFile
{
    /// <summary>Definitions; never empty.</summary>
    public required IReadOnlyList<string> Definitions { get; init; }

    /// <summary>Examples of right outputs.</summary>
    public required IReadOnlyList<NaturalInstructionsExample> PositiveExamples { get; init; }

    /// <summary>Examples of wrong outputs.</summary>
    public required IReadOnlyList<NaturalInstructionsExample> NegativeExamples { get; init; }

    /// <summary>Number of instances.</summary>
    public required int Instances { get; init; }

    /// <summary>Licences of the instances.</summary>
    public IReadOnlyList<string> Licences { get; init; } = [];

    /// <summary>Addresses of the source.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>The other lists of texts: contributors, source, categories, reasoning, domains, languages.</summary>
    public required IReadOnlyList<(string Key, IReadOnlyList<string> Texts)> About { get; init; }
}

/// <summary>An example that a task of Super-NaturalInstructions shows.</summary>
/// <param name="Input">Input.</param>
/// <param name="Output">Output.</param>
/// <param name="Explanation">Why, or null.</param>
internal sealed record NaturalInstructionsExample(string Input, string Output, string? Explanation);
