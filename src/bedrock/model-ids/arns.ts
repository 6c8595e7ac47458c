/** The part of Amazon's cloud that a region is in, as ARNs name it (AWS General Reference). */
export function partitionOf(region: string): string {
  if (region.startsWith("us-gov-")) return "aws-us-gov";
  return region.startsWith("cn-") ? "aws-cn" : "aws";
}

/** The ARN of a foundation model (API model). @param id - such as `meta.llama3-8b-instruct-v1:0` */
export function modelArn(region: string, id: string): string {
  return `arn:${partitionOf(region)}:bedrock:${region}::foundation-model/${id}`;
}
