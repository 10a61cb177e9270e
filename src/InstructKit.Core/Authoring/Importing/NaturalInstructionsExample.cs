namespace InstructKit.Authoring.Importing;

/// <summary>An example that a task of Super-NaturalInstructions shows.</summary>
/// <param name="Input">Input.</param>
/// <param name="Output">Output.</param>
/// <param name="Explanation">Why, or null.</param>
internal sealed record NaturalInstructionsExample(string Input, string Output, string? Explanation);
